// imgproxy's addresses: /signature/resize:fill:300:400/plain/source@webp, or the source in Base64 or encrypted.
import { verify } from '../signature.ts'
import { infoAnswer, infoWords } from './imgproxy/info.ts'
import { laidOut, region, turns } from './imgproxy/layout.ts'
import { type ImgproxyPath, readPath } from './imgproxy/path.ts'
import { type ImgproxySigning, verifyPath } from './imgproxy/signature.ts'
import { watermarkPairs } from './imgproxy/watermark.ts'
import { type ImgproxyAsked, imgproxyWords } from './imgproxy/words.ts'
import type { Compiled, ReadMeaning } from './shared/mounted.ts'
import type { Notes } from './shared/notes.ts'
import { inPasses } from './shared/passes.ts'
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
  const readings = pipelines(said).map((each) => readWords<ImgproxyAsked>(words, each, notes, {}))
  const from = new Map(readings.flatMap((reading) => [...reading.from]))
  const asked = wholeOf(readings.map((reading) => reading.asked))
  const { name, isAttachment, fallback } = asked
  const saving =
    name !== undefined || isAttachment
      ? { as: isAttachment ? ('attachment' as const) : ('inline' as const), name }
      : undefined
  const rest = { from, saving, ...(fallback !== undefined && { fallback: addressOf(fallback, places) }) }
  if (asked.isRawFile) return { ...rest, pairs: { fm: 'original', ...only(asked.native, 'expires') } }
  const passes = readings.map(({ asked }) =>
    withoutCancelled({
      ...(attempt(notes, () => ({ ...laidOut(asked), ...region(asked), ...turns(asked) })) ?? {}),
      ...asked.native,
      ...ground(asked),
      ...(attempt(notes, () => watermarkPairs(asked, settings.watermark, places)) ?? {}),
    }),
  )
  return { ...rest, pairs: { ...output(asked, settings), ...frames(asked), ...inPasses(passes) } }
}

/** Each is done to the result of the one before it. */
function pipelines(said: Said): readonly Said[] {
  const found: Said[number][][] = [[]]
  for (const option of said)
    if (option[0] === '-') found.push([])
    else found.at(-1)?.push(option)
  return found
}

/** Of format, quality and delivery the last pipeline that says something decides. */
const wholeOf = (asked: readonly ImgproxyAsked[]): ImgproxyAsked => ({
  ...Object.assign({}, ...asked),
  native: Object.assign({}, ...asked.map(({ native }) => native)),
})

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

function output(
  { format, formatQualities = {}, isProgressive, native = {} }: ImgproxyAsked,
  { autoFormat }: ImgproxySettings,
): Pairs {
  const named = format === 'jpg' && isProgressive ? 'pjpg' : (format ?? (autoFormat ? 'auto' : undefined))
  const quality = native.q ?? lookUp(formatQualities, format ?? '')
  return {
    ...(named === 'auto' ? { auto: 'format' } : named ? { fm: named } : {}),
    ...(quality ? { q: quality } : {}),
  }
}

/** A page of a document, a frame of an animation, or several of them. */
function frames({ page = 0, pages = 1 }: ImgproxyAsked): Pairs {
  const range = pages > 1 ? { frame: `${page + 1}-${page + pages}` } : {}
  return page > 0 ? { page: shown(page + 1), frame: shown(page + 1), ...range } : range
}

/** The background as opaque as it is asked to be. */
function ground({ alpha = 1, native = {} }: ImgproxyAsked): Pairs {
  if (!native.bg || alpha === 1) return {}
  return {
    bg:
      Math.round(alpha * 255)
        .toString(16)
        .padStart(2, '0') + sixDigits(native.bg),
  }
}

const sixDigits = (colour: string): string =>
  colour.length < 6 ? colour.slice(-3).replace(/./g, '$&$&') : colour.slice(-6)
