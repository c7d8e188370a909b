// imgproxy's addresses: /signature/resize:fill:300:400/plain/source@webp, or the source in Base64 or encrypted.
import { verify } from '../signature.ts'
import { pairsOf, regionOf } from './imgproxy/gravity.ts'
import { infoAnswer, infoWords } from './imgproxy/info.ts'
import { type ImgproxyPath, readPath } from './imgproxy/path.ts'
import { type ImgproxySigning, verifyPath } from './imgproxy/signature.ts'
import { watermarkPairs } from './imgproxy/watermark.ts'
import { type ImgproxyAsked, imgproxyWords, type ResizingType } from './imgproxy/words.ts'
import { padded } from './shared/effects.ts'
import type { Compiled, ReadMeaning } from './shared/mounted.ts'
import type { Notes } from './shared/notes.ts'
import { inTurn, type Meeting, quarters, sized, turning } from './shared/pairs.ts'
import type { Places } from './shared/places.ts'
import { lookUp, shown } from './shared/values.ts'
import { attempt, type Pairs, readWords, refusal, type Said, vocabulary } from './shared/words.ts'

export interface ImgproxySettings extends ImgproxySigning {
  /** Opens encrypted sources: hex of 16, 24 or 32 bytes. */
  readonly encryptionKey?: string | undefined
  /** Options by name: { thumb: 'rs:fill:300:300/q:80' }; `default` always applies first. */
  readonly presets?: Readonly<Record<string, string>> | undefined
  /** Addresses name presets alone, divided by colons. */
  readonly onlyPresets?: boolean | undefined
  /** The picture of watermarks, as native addresses name one: 'logos:shop.png'. */
  readonly watermark?: string | undefined
  /** Negotiates where no format is named, as with detection switched on. */
  readonly autoFormat?: boolean | undefined
}

const words = vocabulary(imgproxyWords)
const facts = vocabulary(infoWords)

export function createImgproxy(settings: ImgproxySettings, places: Places): ReadMeaning {
  const key = settings.encryptionKey === undefined ? undefined : Buffer.from(settings.encryptionKey, 'hex')
  return (target) => {
    const path = readPath(target.rawPath, key)
    return {
      place: places.of(path.source),
      verify: (signing) =>
        settings.keys?.length ? verifyPath(path, settings) : verify(target.whole, signing),
      compile: (notes) =>
        path.isInfo ? compileInfo(path, notes) : compile(path, notes, { settings, places }),
    }
  }
}

function compileInfo({ options }: ImgproxyPath, notes: Notes): Compiled {
  const { asked, from } = readWords(facts, options, notes, {})
  return { pairs: { fm: 'json', ...asked.native }, from, reshape: infoAnswer(asked) }
}

interface Context {
  readonly settings: ImgproxySettings
  readonly places: Places
}

function compile(
  { options, extension }: ImgproxyPath,
  notes: Notes,
  { settings, places }: Context,
): Compiled {
  const said = [...expanded(options, settings), ...(extension ? [['format', extension] as const] : [])]
  const { asked, from } = readWords<ImgproxyAsked>(words, said, notes, {})
  const { name, isAttachment, fallback } = asked
  const saving =
    name !== undefined || isAttachment
      ? { as: isAttachment ? ('attachment' as const) : ('inline' as const), name }
      : undefined
  const rest = { from, saving, ...(fallback !== undefined && { fallback: addressOf(fallback, places) }) }
  if (asked.isRawFile) return { ...rest, pairs: { fm: 'original', ...only(asked.native, 'expires') } }
  const pairs = {
    ...(attempt(notes, () => ({ ...laidOut(asked), ...region(asked), ...turns(asked) })) ?? {}),
    ...output(asked, settings),
    ...asked.native,
    ...(attempt(notes, () => watermarkPairs(asked, settings.watermark, places)) ?? {}),
  }
  return { ...rest, pairs: withoutCancelled(pairs) }
}

function addressOf(address: string, places: Places): string {
  const { source, path } = places.of(address)
  return /^https?:\/\//.test(path) ? `/${source}/${encodeURIComponent(path)}` : `/${source}/${path}`
}

const only = (pairs: Pairs = {}, key: string): Pairs =>
  pairs[key] === undefined ? {} : { [key]: pairs[key] }

const withoutCancelled = (pairs: Pairs): Pairs =>
  Object.fromEntries(Object.entries(pairs).filter(([, value]) => value !== ''))

/** Presets stand for their options, in order; one within itself is passed over. */
function expanded(options: Said, { presets = {}, onlyPresets }: ImgproxySettings): Said {
  const written: Said = onlyPresets
    ? options.map(([name, text]) => ['preset', text === '' ? name : `${name}:${text}`])
    : options
  const byDefault: Said = Object.hasOwn(presets, 'default') ? [['preset', 'default']] : []
  return [...byDefault, ...written].flatMap((option) => expand(option, presets, []))
}

function expand(
  [name, text]: Said[number],
  presets: Readonly<Record<string, string>>,
  within: readonly string[],
): Said {
  if (name === '-') throw refusal('-', 'Chained pipelines are not supported')
  if (name !== 'preset' && name !== 'pr') return [[name, text]]
  return text.split(':').flatMap((preset) => {
    if (within.includes(preset) || within.length > 8) return []
    const options = Object.hasOwn(presets, preset) ? presets[preset] : undefined
    if (options === undefined) throw refusal('preset', `There is no preset '${preset.slice(0, 60)}'`)
    return options
      .split('/')
      .filter(Boolean)
      .flatMap((option) => {
        const [, key = option, value = ''] = /^([^:]*):(.*)$/s.exec(option) ?? []
        return expand([key, value], presets, [...within, preset])
      })
  })
}

const meetings: Readonly<Record<ResizingType, Meeting>> = {
  fit: 'inside',
  fill: 'cover',
  'fill-down': 'ratio',
  force: 'distort',
}

/** Padding is added to what was sized. */
function laidOut(asked: ImgproxyAsked): Pairs {
  if (asked.crop && asked.isTrimmed) throw refusal('crop', 'crop beside trim is not supported')
  return asked.padding ? padded(sizes(asked), asked.padding) : sizes(asked)
}

function sizes(asked: ImgproxyAsked): Pairs {
  const { type = 'fit', enlarge = false, extend = false, zoom: [x, y] = [1, 1] } = asked
  const [width, height] = [scale(asked.width, x), scale(asked.height, y)]
  if (!width && !height) return zoomed(x, y, extend)
  if (!width || !height) {
    if (extend) throw refusal('extend', 'extend needs both sides')
    if (type === 'force')
      return { w: width ? shown(width) : '1.0', h: height ? shown(height) : '1.0', fit: 'scale' }
    return sized({ width, height }, 'inside', enlarge)
  }
  const meeting = type === 'fit' && extend ? 'pad' : meetings[type]
  const pairs = sized({ width, height }, meeting, enlarge)
  const kept = meeting === 'cover' || meeting === 'ratio' ? pairsOf(asked.gravity ?? { x: '', y: '' }) : {}
  if (!extend || meeting === 'pad' || enlarge) return { ...pairs, ...kept }
  if (meeting === 'ratio') throw refusal('extend', 'extend beside fill-down is not supported')
  return { ...pairs, ...kept, enlarge: 'fill' }
}

const scale = (side: number | undefined, factor: number): number | undefined =>
  side ? Math.max(1, Math.round(side * factor)) : undefined

function zoomed(x: number, y: number, extend: boolean): Pairs {
  if (extend) throw refusal('extend', 'extend needs both sides')
  if (x === 1 && y === 1) return {}
  if (x > 1 || y > 1) throw refusal('zoom', 'zoom above 1 needs a width or a height')
  const [w, h] = [x, y].map((share) => (share === 1 ? '1.0' : shown(share)))
  return { w: w ?? '', h: h ?? '', fit: 'scale' }
}

function region({ crop, gravity = { x: '', y: '' } }: ImgproxyAsked): Pairs {
  if (!crop) return {}
  const rect = regionOf(crop, gravity)
  if (rect === undefined) throw refusal('crop', 'crop takes an edge, a corner or the middle as its gravity')
  return { rect }
}

/** The region is cut before the picture is turned, which `turn` would do first. */
function turns({ rotation = 0, mirror, isRaw = false, crop }: ImgproxyAsked): Pairs {
  const orient = inTurn(quarters(rotation), ...(mirror ? [mirror] : []))
  if (crop && (orient.mirror || (isRaw && orient.turns !== 0)))
    throw refusal('flip', 'flip beside crop is not supported')
  return turning(orient, isRaw)
}

function output(
  { format, formatQualities = {}, native = {} }: ImgproxyAsked,
  { autoFormat }: ImgproxySettings,
): Pairs {
  const named = format ?? (autoFormat ? 'auto' : undefined)
  const quality = native.q ?? lookUp(formatQualities, named ?? '')
  return {
    ...(named === 'auto' ? { auto: 'format' } : named ? { fm: named } : {}),
    ...(quality ? { q: quality } : {}),
  }
}
