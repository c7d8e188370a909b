// Components run from left to right, and every size refers to the result of the one before; the native language has one
// order for its steps. What no single pass comes to is refused.
import { type Orient, turned } from '../../../transforms/index.ts'
import { inTurn, type Meeting, place, sized, spun, standing, turning } from '../shared/pairs.ts'
import { shown } from '../shared/values.ts'
import { type Pairs, refusal } from '../shared/words.ts'
import { regionOf, type Sides, sidesBy } from './region.ts'
import { type CloudinaryAsked, gravityWord } from './words.ts'

/** What the components so far amount to. */
export interface Chain {
  readonly isRaw: boolean
  readonly first: Orient
  readonly rect?: string | undefined
  readonly sizing?: Sizing | undefined
  readonly cut?: string | undefined
  readonly last: Orient
  /** Clockwise, behind `last`. */
  readonly degrees?: number
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
  const quarter = asked.angle ? turn(sized_, asked.angle) : sized_
  const turned_ = asked.degrees === undefined ? quarter : spin(quarter, asked.degrees)
  return {
    ...turned_,
    isRaw: chain.isRaw || asked.isRaw === true,
    effects: { ...chain.effects, ...asked.native },
  }
}

const hasSize = ({ w, h, aspect, mode }: CloudinaryAsked): boolean =>
  w !== undefined || h !== undefined || aspect !== undefined || (mode !== undefined && mode !== 'scale')

function turn(chain: Chain, angle: Orient): Chain {
  if (chain.degrees !== undefined && isTurned(angle)) throw refusal('a', 'a after an angle is not supported')
  const isLater = chain.sizing !== undefined || chain.rect !== undefined
  return isLater
    ? { ...chain, last: inTurn(chain.last, angle) }
    : { ...chain, first: inTurn(chain.first, angle) }
}

/** By any angle: the frame grows, and nothing else may follow that depends on it. */
function spin(chain: Chain, degrees: number): Chain {
  if (chain.degrees !== undefined) throw refusal('a', 'a after an angle of another turn is not supported')
  // What was turned before anything is cut may as well be turned behind it.
  return { ...chain, degrees }
}

const isTurned = ({ turns, mirror }: Orient): boolean => turns !== 0 || mirror
function resize(chain: Chain, asked: CloudinaryAsked): Chain {
  const mode = asked.mode ?? 'scale'
  if (chain.degrees !== undefined) throw refusal(`c_${mode}`, `c_${mode} after an angle is not supported`)
  if (asked.isInitial && (chain.sizing || chain.rect !== undefined))
    throw refusal(
      asked.w === undefined ? 'h' : 'w',
      'The first size of the picture is not known behind another one',
    )
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

/** Modes that leave a picture as it is that is large enough. */
const onlyEnlarging: ReadonlySet<string> = new Set(['mfit', 'mpad'])

const meetings: Readonly<Record<string, readonly [Meeting, boolean]>> = {
  mfit: ['inside', true],
  mpad: ['pad', true],
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
  const only: Pairs = onlyEnlarging.has(mode) ? { enlarge: 'only' } : {}
  if (w === undefined || h === undefined)
    return { pairs: { ...oneSided({ w, h, aspect, meeting, mayEnlarge, words }), ...only } }
  if (meeting === 'pad' && /attention/.test(words))
    throw refusal('g', `g_${gravity} beside c_${mode} is not supported`)
  const pairs = {
    ...sized({ width: 1, height: 1 }, meeting, mayEnlarge),
    ...only,
    w,
    h,
    ...(meeting === 'cover' ? { ...place(words), ...closer(asked) } : {}),
    ...(meeting === 'pad' ? standing(words) : {}),
  }
  const isKnown = mayEnlarge && meeting !== 'inside' && !onlyEnlarging.has(mode)
  const isExact = !w.includes('.') && !h.includes('.') && isKnown
  return { pairs, box: isExact ? { width: Number(w), height: Number(h) } : undefined }
}

/** How many times as large as a face its thumbnail is where nothing is said of it. */
const aroundFace = 1.5

/** A thumbnail comes near the face; of several the largest alone, unless all are meant. */
function closer({ mode, gravity = '', zoom = 1 }: CloudinaryAsked): Pairs {
  if (mode !== 'thumb' || !/^(?:adv_)?faces?(?:$|:)/.test(gravity)) return {}
  const pad = shown(Math.min(100, Math.max(0.5, aroundFace / zoom)))
  return { facepad: pad, ...(/^(?:adv_)?face(?:$|:)/.test(gravity) ? { faceindex: '1' } : {}) }
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
export function pairsOf({ isRaw, first, rect, sizing, cut, last, degrees = 0, effects }: Chain): Pairs {
  return {
    ...turning(first, isRaw),
    ...(rect === undefined ? {} : { rect }),
    ...sizing?.pairs,
    ...(cut === undefined ? {} : { cut }),
    ...spun(last, degrees),
    ...effects,
  }
}
