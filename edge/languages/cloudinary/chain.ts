// Components run from left to right, and every size refers to the result of the one before; the native language has one
// order for its steps. What no single pass comes to is refused.
import { type Orient, turned } from '../../../transforms/index.ts'
import { inTurn, type Meeting, place, sized, turnedAfterwards, turning } from '../shared/pairs.ts'
import { shown } from '../shared/values.ts'
import { type Pairs, refusal } from '../shared/words.ts'
import { type CloudinaryAsked, gravityWord } from './words.ts'

/** What the components so far amount to. */
export interface Chain {
  readonly isRaw: boolean
  readonly first: Orient
  readonly rect?: string | undefined
  readonly sizing?: Sizing | undefined
  readonly cut?: string | undefined
  readonly last: Orient
  readonly effects: Pairs
}

interface Sizing {
  readonly pairs: Pairs
  /** Pixels of the result, where they are known without the picture. */
  readonly box?: { readonly width: number; readonly height: number } | undefined
}

export const start: Chain = { isRaw: false, first: turned(0), last: turned(0), effects: {} }

/** Within one component the crop comes before the turn, and that before effects. */
export function append(chain: Chain, asked: CloudinaryAsked): Chain {
  if (asked.native?.trim !== undefined && (chain.sizing || hasSize(asked)))
    throw refusal('e_trim', 'e_trim after a size is not supported')
  const sized_ = hasSize(asked) ? resize(chain, asked) : chain
  const turned_ = asked.angle ? turn(sized_, asked.angle) : sized_
  return {
    ...turned_,
    isRaw: chain.isRaw || asked.isRaw === true,
    effects: { ...chain.effects, ...asked.native },
  }
}

const hasSize = ({ w, h, aspect, mode }: CloudinaryAsked): boolean =>
  w !== undefined || h !== undefined || aspect !== undefined || (mode !== undefined && mode !== 'scale')

function turn(chain: Chain, angle: Orient): Chain {
  const isLater = chain.sizing !== undefined || chain.rect !== undefined
  return isLater
    ? { ...chain, last: inTurn(chain.last, angle) }
    : { ...chain, first: inTurn(chain.first, angle) }
}

const isTurned = ({ turns, mirror }: Orient): boolean => turns !== 0 || mirror
/** What depends on the size of the picture that it is done to. */
const bySize = ['blur', 'sharp', 'usm', 'px', 'border', 'mask', 'corner-radius']

function resize(chain: Chain, asked: CloudinaryAsked): Chain {
  const mode = asked.mode ?? 'scale'
  const early = bySize.find((key) => chain.effects[key] !== undefined)
  if (early !== undefined)
    throw refusal(`c_${mode}`, `c_${mode} after an effect that depends on size is not supported`)
  if (mode === 'crop') return crop(chain, asked)
  const sizing = sizingOf(mode, asked)
  if (!chain.sizing) {
    if (isTurned(chain.last)) throw refusal(`c_${mode}`, `c_${mode} after a crop and a turn is not supported`)
    return { ...chain, sizing }
  }
  const again =
    chain.cut === undefined && !isTurned(chain.last) ? resizeAgain(chain.sizing, mode, asked) : undefined
  if (!again) throw refusal(`c_${mode}`, `c_${mode} after another size is not supported`)
  return { ...chain, sizing: again }
}

/** One side of a picture whose size is known is a smaller or larger frame for the same crop. */
function resizeAgain(
  { pairs, box }: Sizing,
  mode: string,
  { w, h, aspect }: CloudinaryAsked,
): Sizing | undefined {
  const isOneSide =
    aspect === undefined && (w === undefined) !== (h === undefined) && !`${w ?? h}`.includes('.')
  if (!box || !isOneSide || !['scale', 'fit', 'limit', 'fill'].includes(mode)) return undefined
  const factor = w !== undefined ? Number(w) / box.width : Number(h) / box.height
  if (factor > 1 && mode === 'limit') return { pairs, box }
  const next = {
    width: Math.max(1, Math.round(box.width * factor)),
    height: Math.max(1, Math.round(box.height * factor)),
  }
  return { pairs: { ...pairs, w: shown(next.width), h: shown(next.height) }, box: next }
}

/** Before any size a region of the source, after it a part of the result. */
function crop(chain: Chain, asked: CloudinaryAsked): Chain {
  if (chain.effects.trim !== undefined && !chain.sizing)
    throw refusal('c_crop', 'c_crop after e_trim is not supported')
  const region = regionOf(asked)
  if (isTurned(chain.last)) throw refusal('c_crop', 'c_crop after a size and a turn is not supported')
  if (!chain.sizing && chain.rect === undefined) return { ...chain, rect: region }
  if (chain.sizing && chain.cut === undefined) return { ...chain, cut: region }
  throw refusal('c_crop', 'c_crop after another c_crop is not supported')
}

const across: Readonly<Record<string, string>> = { left: 'left', right: 'right' }
const down: Readonly<Record<string, string>> = { top: 'top', bottom: 'bottom' }

function regionOf({ w, h, aspect, gravity, x = '0', y = '0' }: CloudinaryAsked): string {
  const isOffset = x !== '0' || y !== '0'
  const words = gravityWord(gravity ?? (isOffset ? 'north_west' : 'center')) ?? ''
  if (/attention/.test(words)) throw refusal('g', `c_crop beside g_${gravity} is not supported`)
  const places = words.split(',')
  const left = places.map((word) => across[word]).find(Boolean) ?? 'center'
  const top = places.map((word) => down[word]).find(Boolean) ?? 'middle'
  if ((x !== '0' && left !== 'left') || (y !== '0' && top !== 'top'))
    throw refusal('x', 'Offsets from another place than the left or the top are not supported')
  const at = [x === '0' ? left : x, y === '0' ? top : y]
  if (aspect !== undefined && w === undefined && h === undefined)
    return [...at, `${shown(aspect)}:1`].join(',')
  const [width, height] = aspect === undefined ? [w, h] : sidesBy(aspect, { w, h })
  return [
    ...at,
    width === '1.0' ? 'full' : (width ?? 'full'),
    height === '1.0' ? 'full' : (height ?? 'full'),
  ].join(',')
}

interface Sides {
  readonly w?: string | undefined
  readonly h?: string | undefined
}

/** The side that is not given, where the other is in pixels. */
function sidesBy(aspect: number, { w, h }: Sides): readonly [string | undefined, string | undefined] {
  if (w !== undefined && h === undefined && !w.includes('.'))
    return [w, shown(Math.max(1, Math.round(Number(w) / aspect)))]
  if (h !== undefined && w === undefined && !h.includes('.'))
    return [shown(Math.max(1, Math.round(Number(h) * aspect))), h]
  return [w, h]
}

const meetings: Readonly<Record<string, readonly [Meeting, boolean]>> = {
  scale: ['distort', true],
  fit: ['inside', true],
  limit: ['inside', false],
  fill: ['cover', true],
  lfill: ['cover', false],
  pad: ['pad', true],
  lpad: ['pad', false],
  thumb: ['cover', true],
  auto: ['cover', true],
}

function sizingOf(mode: string, asked: CloudinaryAsked): Sizing {
  const [meeting, mayEnlarge] = meetings[mode] ?? ['distort', true]
  const { aspect, gravity } = asked
  const [w, h] = aspect === undefined ? [asked.w, asked.h] : sidesBy(aspect, asked)
  if (mode === 'thumb' && w === undefined && h === undefined)
    throw refusal('c_thumb', 'c_thumb needs a width or a height')
  const words = keptBy(mode, gravity)
  if (w === undefined || h === undefined)
    return { pairs: oneSided({ w, h, aspect, meeting, mayEnlarge, words }) }
  if (meeting === 'pad' && words !== '') throw refusal('g', `g_${gravity} beside c_${mode} is not supported`)
  const pairs = {
    ...sized({ width: 1, height: 1 }, meeting, mayEnlarge),
    w,
    h,
    ...(meeting === 'cover' ? place(words) : {}),
  }
  const isExact = !w.includes('.') && !h.includes('.') && mayEnlarge && meeting !== 'inside'
  return { pairs, box: isExact ? { width: Number(w), height: Number(h) } : undefined }
}

/** `thumb` and `auto` look for what matters where nothing is said. */
function keptBy(mode: string, gravity: string | undefined): string {
  if (gravity !== undefined) return gravityWord(gravity) ?? ''
  return mode === 'auto' ? 'attention' : ''
}

interface OneSided extends Sides {
  readonly aspect: number | undefined
  readonly meeting: Meeting
  readonly mayEnlarge: boolean
  readonly words: string
}

function oneSided({ w, h, aspect, meeting, mayEnlarge, words }: OneSided): Pairs {
  const given: Pairs = { ...(w === undefined ? {} : { w }), ...(h === undefined ? {} : { h }) }
  if (aspect !== undefined) {
    if (meeting !== 'cover' || !mayEnlarge) throw refusal('ar', 'ar needs a side in pixels, or c_fill')
    return { ...given, ar: `${shown(aspect)}:1`, fit: 'crop', ...place(words) }
  }
  return Object.keys(given).length > 0 && !mayEnlarge ? { ...given, fit: 'max' } : given
}

/** The native options of the whole chain. */
export function pairsOf({ isRaw, first, rect, sizing, cut, last, effects }: Chain): Pairs {
  return {
    ...turning(first, isRaw),
    ...(rect === undefined ? {} : { rect }),
    ...sizing?.pairs,
    ...(cut === undefined ? {} : { cut }),
    ...turnedAfterwards(last),
    ...effects,
  }
}
