// thumbor's addresses: /signature or unsafe/fit-in/300x200/smart/filters:quality(80)/source.
import { Failure } from '../../errors.ts'
import { verify } from '../signature.ts'
import { padded, trimmed } from './shared/effects.ts'
import type { Compiled, ReadMeaning } from './shared/mounted.ts'
import type { Notes } from './shared/notes.ts'
import {
  focal,
  inTurn,
  type Meeting,
  mirrored,
  place,
  quarters,
  sized,
  turnedAfterwards,
  upended,
} from './shared/pairs.ts'
import { inPasses } from './shared/passes.ts'
import type { Places } from './shared/places.ts'
import { spelledAddress } from './shared/query.ts'
import { decoded, fromBase64, shown } from './shared/values.ts'
import {
  attempt,
  notSupported,
  type Pairs,
  readWords,
  refusal,
  toOptions,
  vocabulary,
  type Word,
} from './shared/words.ts'
import { type ThumborAsked, thumborFilters } from './thumbor/filters.ts'
import { metaAnswer } from './thumbor/meta.ts'
import { inPassesOf, upon, wholeOf } from './thumbor/passes.ts'
import { readPath, type ThumborPath } from './thumbor/path.ts'
import { type ThumborSigning, verifyPath } from './thumbor/signature.ts'

export interface ThumborSettings extends ThumborSigning {
  /** Negotiates where no format is named, as thumbor does with AUTO_WEBP and its kin. */
  readonly autoFormat?: boolean | undefined
}

const words = vocabulary(thumborFilters)

/** What stands in front of the filters, for the documentation. */
export const thumborSegments: readonly Word[] = [
  {
    name: 'WxH',
    takes: 'pixels, orig or nothing for each side',
    becomes: '`w`, `h`, `fit=crop`; a minus sign mirrors: `flip`',
    read: () => ({}),
  },
  { name: 'fit-in', takes: 'nothing', becomes: '`fit=max`; beside `upscale()` `clip`', read: () => ({}) },
  { name: 'full-fit-in', takes: 'nothing', becomes: '`fit=cover`', read: () => ({}) },
  { name: 'adaptive-fit-in', takes: 'nothing', becomes: '`fit=max`, `adapt=swap`', read: () => ({}) },
  { name: 'adaptive-full-fit-in', takes: 'nothing', becomes: '`fit=cover`, `adapt=swap`', read: () => ({}) },
  {
    name: 'LEFTxTOP:RIGHTxBOTTOM',
    takes: 'pixels of the source, or shares',
    becomes: '`rect`',
    read: () => ({}),
  },
  { name: 'left, center, right', takes: 'nothing', becomes: '`crop`', read: () => ({}) },
  { name: 'top, middle, bottom', takes: 'nothing', becomes: '`crop`', read: () => ({}) },
  { name: 'smart', takes: 'nothing', becomes: '`crop=faces,attention`', read: () => ({}) },
  { name: 'stretch', takes: 'nothing (imagor)', becomes: '`fit=scale`', read: () => ({}) },
  { name: 'trim', takes: 'top-left and a tolerance', becomes: '`trim=color`, `trim-tol`', read: () => ({}) },
  { name: 'trim:bottom-right', takes: 'nothing', why: 'step' },
  {
    name: 'meta',
    takes: 'nothing',
    becomes: 'JSON of the source, the operations and the size that comes out',
    differs: 'The part that `smart` keeps is not told, nor what filters do.',
    read: () => ({}),
  },
  { name: 'debug', takes: 'nothing', why: 'step' },
]

export function createThumbor(settings: ThumborSettings, places: Places): ReadMeaning {
  return (target) => {
    const path = readPath(target.rawPath)
    return {
      place: placeOf(path.source, places),
      verify: (signing) =>
        settings.keys?.length ? verifyPath(path, settings) : verify(target.whole, signing),
      compile: (notes) => compile(path, notes, { places, settings }),
    }
  }
}

/** A missing scheme means http, or a path of the source; decoded once. */
function placeOf(raw: string, places: Places) {
  const base64 = raw.startsWith('b64:') ? fromBase64(raw.slice(4)) : undefined
  const text = base64 ?? decoded(raw)
  if (text === undefined) throw new Failure('bad-address', 'The source is not percent-encoded UTF-8')
  const address = spelledAddress(text).replace(/^(https?):\/(?=[^/])/i, '$1://')
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(address)) return places.of(address)
  const guess = `http://${address}`
  return URL.canParse(guess) && places.has(guess) ? places.ofUrl(guess, true) : places.ofPath(raw)
}

/** As the native language names a picture beside the source. */
function pictureName(text: string, places: Places): string {
  const { source, path } = placeOf(text, places)
  return /^https?:\/\//.test(path) ? path : `${source}:${path}`
}

interface Context {
  readonly places: Places
  readonly settings: ThumborSettings
}

function compile(path: ThumborPath, notes: Notes, { places, settings }: Context): Compiled {
  const said = path.filters.filter(([name]) => words.has(name))
  const readings = inPassesOf(said, words).map((each) => readWords<ThumborAsked>(words, each, notes, {}))
  for (const word of unsupported(path)) notes.refused(notSupported(word))
  const from = new Map([...readings.flatMap((reading) => [...reading.from]), ['then', 'filters']])
  const {
    isRaw,
    name,
    format = settings.autoFormat ? 'auto' : undefined,
  } = wholeOf(readings.map(({ asked }) => asked))
  if (isRaw) return { pairs: { fm: 'original' }, from, ...saving(name) }
  const passes = readings.map(({ asked: { native, mark, ...asked } }, nth) => ({
    ...(nth === 0 ? sizedBy(path, asked, notes) : upon(asked)),
    ...native,
    ...(mark === undefined ? {} : { mark: pictureName(mark, places) }),
  }))
  const pairs = { ...formatPairs(format), ...inPasses(passes) }
  if (!path.modes.includes('meta')) return { pairs, from, ...saving(name) }
  const reshape = metaAnswer(toOptions(pairs, from, notes), decoded(path.source) ?? path.source)
  return { pairs: { fm: 'json', ...only(pairs, 'expires') }, from, reshape }
}

const formatPairs = (format: string | undefined): Pairs =>
  format === undefined ? {} : format === 'auto' ? { auto: 'format' } : { fm: format }

const only = (pairs: Pairs, key: string): Pairs => (pairs[key] === undefined ? {} : { [key]: pairs[key] })

const sizedBy = (path: ThumborPath, asked: ThumborAsked, notes: Notes): Pairs => ({
  ...(attempt(notes, () => ({ ...laidOut(path, asked), ...region(path), ...trimOf(path, asked) })) ?? {}),
  ...turns(path, asked),
  ...(asked.fill ? { bg: asked.fill } : {}),
})

const saving = (name: string | undefined) =>
  name === undefined ? {} : { saving: { as: 'attachment' as const, name: name || undefined } }

const unsupported = ({ modes, trim }: ThumborPath): readonly string[] => [
  ...modes.filter((mode) => mode !== 'meta'),
  ...(trim?.includes('bottom-right') ? ['trim:bottom-right'] : []),
]

const laidOut = (path: ThumborPath, asked: ThumborAsked): Pairs =>
  asked.padding ? padded(sizes(path, asked), asked.padding) : sizes(path, asked)

function sizes(path: ThumborPath, asked: ThumborAsked): Pairs {
  const { fitIn, size } = path
  const { fill, isStretched, isUpscaled, isNeverUpscaled, proportion = 1 } = asked
  const width = side(size?.width, proportion)
  const height = side(size?.height, proportion)
  const isInside = fitIn === 'fit-in' || fitIn === 'adaptive-fit-in'
  const swap: Pairs = fitIn?.startsWith('adaptive') ? { adapt: 'swap' } : {}
  const mayEnlarge = isInside ? isUpscaled === true : isNeverUpscaled !== true
  if (!width || !height)
    return {
      ...sized({ width: width ? 1 : undefined, height: height ? 1 : undefined }, 'inside', mayEnlarge),
      ...lengths(width, height),
    }
  const meeting = meetingOf({
    isInside,
    isFull: fitIn !== undefined,
    isStretched,
    isFilled: fill !== undefined,
  })
  const pairs = {
    ...sized({ width: 1, height: 1 }, meeting, mayEnlarge),
    ...swap,
    ...lengths(width, height),
  }
  return meeting === 'cover' ? { ...pairs, ...kept(path, asked) } : pairs
}

interface How {
  readonly isInside: boolean
  readonly isFull: boolean
  readonly isStretched: boolean | undefined
  readonly isFilled: boolean
}

function meetingOf({ isInside, isFull, isStretched, isFilled }: How): Meeting {
  if (isInside) return isFilled ? 'pad' : 'inside'
  if (isFull) return 'outside'
  return isStretched ? 'distort' : 'cover'
}

/** As the native language writes it; undefined for a side that follows the ratio. */
function side(text: string | undefined, proportion: number): string | undefined {
  if (!text || Number(text) === 0) return undefined
  if (text === 'orig') return proportion === 1 ? '1.0' : shown(proportion)
  const px = Math.max(1, Math.round(Number(text) * proportion))
  if (px > 8192) throw refusal('size', `Expected sides from 1 to 8192 for size, received ${text}`)
  return shown(px)
}

const lengths = (width: string | undefined, height: string | undefined): Pairs => ({
  ...(width === undefined ? {} : { w: width }),
  ...(height === undefined ? {} : { h: height }),
})

function kept({ across, down, isSmart }: ThumborPath, { focal: point }: ThumborAsked): Pairs {
  if (point) return focal(...point)
  if (isSmart) return place('faces,attention')
  return place([down, across].filter((word) => word && word !== 'middle' && word !== 'center').join(','))
}

/** Two corners; shares have a decimal point. */
function region({ crop }: ThumborPath): Pairs {
  if (!crop) return {}
  const [left, top, right, bottom] = crop.map(Number) as [number, number, number, number]
  if (right === 0 && bottom === 0) return {}
  if (right <= left || bottom <= top)
    throw refusal('crop', `Expected two corners for crop, received ${crop.join(',')}`)
  const isShare = right <= 1 && bottom <= 1 && crop.some((part) => part.includes('.'))
  const [w, h] = [right - left, bottom - top]
  if (!isShare) return { rect: [left, top, w, h].map((px) => Math.round(px)).join(',') }
  return {
    rect: [shown(left), shown(top), w === 1 ? 'full' : shown(w), h === 1 ? 'full' : shown(h)].join(','),
  }
}

/** The border is cut off first, and then the corners count from what is left: here it is the other way round. */
function trimOf({ trim, crop }: ThumborPath, asked: ThumborAsked): Pairs {
  if (trim === undefined && asked.trim === undefined) return {}
  if (crop) throw refusal('trim', 'trim beside a crop is not supported')
  return trimmed(trim === undefined ? (asked.trim ?? 0) : Number(/(?<!\d)\d+$/.exec(trim)?.[0] ?? 0))
}

function turns({ size }: ThumborPath, { rotation = 0 }: ThumborAsked): Pairs {
  const mirrors = [...(size?.isMirrored ? [mirrored] : []), ...(size?.isUpended ? [upended] : [])]
  return turnedAfterwards(inTurn(...mirrors, quarters(-rotation)))
}
