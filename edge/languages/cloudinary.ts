// Cloudinary's addresses: /cloud/image/upload/c_fill,w_400,h_300/f_auto,q_auto/v1/folder/cat.jpg, and image/fetch.

import { Failure } from '../../errors.ts'
import type { Answer } from '../../tier.ts'
import { verify } from '../signature.ts'
import { decided } from './cloudinary/conditions.ts'
import { cloudinaryEffects } from './cloudinary/effects.ts'
import { cloudinaryFlags } from './cloudinary/flags.ts'
import { readLayers } from './cloudinary/layers.ts'
import { noPasses, type Passes, pairsOfPasses, withComponent, withLayer } from './cloudinary/passes.ts'
import { type CloudinaryPath, readPath } from './cloudinary/path.ts'
import { formats } from './cloudinary/readers.ts'
import { type CloudinarySigning, tokenExpiry, verifyAddress } from './cloudinary/signature.ts'
import { type Parameter, writeOut } from './cloudinary/variables.ts'
import { type CloudinaryAsked, cloudinaryWords } from './cloudinary/words.ts'
import { balance, colourised } from './shared/effects.ts'
import { reshaped } from './shared/facts.ts'
import type { Compiled, ReadMeaning } from './shared/mounted.ts'
import type { Notes } from './shared/notes.ts'
import { inPasses } from './shared/passes.ts'
import type { Places } from './shared/places.ts'
import { spelledAddress } from './shared/query.ts'
import { decoded, lookUp } from './shared/values.ts'
import { attempt, type Pairs, readWords, refusal, vocabulary, type Word } from './shared/words.ts'

export interface CloudinarySettings extends CloudinarySigning {
  /** Named transformations: { thumb: 'c_thumb,g_face,w_100,h_100' }. */
  readonly transformations?: Readonly<Record<string, string>> | undefined
}

/** Effects and flags under the names that an address gives them. */
const prefixed = (prefix: string, list: readonly Word<CloudinaryAsked>[]): Word<CloudinaryAsked>[] =>
  list.map((word) => ({ ...word, name: `${prefix}_${word.name}` }))

export const effectWords = prefixed('e', cloudinaryEffects)
export const flagWords = prefixed('fl', cloudinaryFlags)
const words = vocabulary([...cloudinaryWords, ...effectWords, ...flagWords])
const keys = new Set([...cloudinaryWords.map(({ name }) => name), 'e', 'fl'])

export function createCloudinary(settings: CloudinarySettings, places: Places): ReadMeaning {
  const isSigned = (settings.secrets?.length ?? 0) + (settings.tokenKeys?.length ?? 0) > 0
  return (target) => {
    const { rawPath, query } = target
    const path = readPath(rawPath, (key) => keys.has(key))
    return {
      place: placeOf(path, places),
      verify: (signing) =>
        isSigned ? verifyAddress({ path, rawPath, query }, settings) : verify(target.whole, signing),
      compile: (notes) => compile(path, notes, { settings, places, expires: tokenExpiry(query) }),
    }
  }
}

/** A picture of a film has the film's name, with the extension of a picture. */
const stillName = /\.(jpe?g|png|webp|avif|gif)$/i

/** Of a film a picture is made, of the moment that `so` names. */
function stillOf({ id, delivery }: CloudinaryPath, pairs: Pairs): Pairs {
  const [, extension = ''] = (delivery === 'upload' && stillName.exec(id)) || []
  const fm = pairs.fm ?? lookUp(formats, extension)
  if (fm === undefined || fm === 'mp4' || fm === 'webm')
    throw refusal('video', 'Of a film pictures are answered here: name the format of one, such as f_jpg')
  return { ...pairs, fm }
}

/** A fetched picture is a whole address, percent-encoded as one is in a path. */
function placeOf({ delivery, id, isFilm }: CloudinaryPath, places: Places) {
  if (delivery === 'upload') return places.ofPath(isFilm ? id.replace(stillName, '.mp4') : id)
  const address = decoded(id)
  if (address === undefined) throw new Failure('bad-address', 'The source is not percent-encoded UTF-8')
  return places.ofUrl(spelledAddress(address).replace(/^(https?):\/(?=[^/])/i, '$1://'))
}

interface Context {
  readonly settings: CloudinarySettings
  readonly places: Places
  readonly expires: number | undefined
}

function compile(path: CloudinaryPath, notes: Notes, { settings, places, expires }: Context): Compiled {
  const from = new Map<string, string>()
  const asked: CloudinaryAsked[] = []
  let passes: Passes = noPasses
  const written = path.components.map((component) => decoded(component) ?? component)
  const all_ = attempt(notes, () => decided(writeOut(written, settings.transformations ?? {}))) ?? []
  for (const item of attempt(notes, () => readLayers(all_, places)) ?? []) {
    if ('layer' in item) {
      for (const key of Object.keys(item.layer)) from.set(key, 'l')
      passes = withLayer(passes, item.layer)
      continue
    }
    const said = regional(item.component).flatMap(saidOf)
    const reading = readWords<CloudinaryAsked>(words, said, notes, {})
    for (const [key, word] of reading.from) from.set(key, word)
    asked.push(reading.asked)
    passes = attempt(notes, () => withComponent(passes, coloured(reading.asked))) ?? passes
  }
  const all = merged(asked)
  const expiry: Pairs = expires === undefined ? {} : { expires: String(expires) }
  if (all.isFacts) return { pairs: { fm: 'json', ...expiry }, from, reshape: information }
  const pairs = { ...inPasses(pairsOfPasses(passes)), ...output(all), ...balanced(all), ...expiry }
  return {
    pairs: path.isFilm ? (attempt(notes, () => stillOf(path, pairs)) ?? pairs) : pairs,
    from,
    ...(all.isAttachment && { saving: { as: 'attachment', name: all.name } }),
    ...(all.fallback !== undefined && { fallback: addressOf(all.fallback, places) }),
  }
}

function addressOf(id: string, places: Places): string {
  const { source, path } = places.ofPath(id.split('/').map(encodeURIComponent).join('/'))
  return `/${source}/${path}`
}

/** Sides and places beside an effect upon a region are the region. */
function regional(component: readonly Parameter[]): readonly Parameter[] {
  const effect = component.find(
    ([key, value]) => key === 'e' && /^(?:blur|pixelate)_region(?:$|:)/.test(value),
  )
  if (!effect) return component
  const said = new Map(component)
  const region = [
    said.get('x') ?? '0',
    said.get('y') ?? '0',
    said.get('w') ?? 'full',
    said.get('h') ?? 'full',
  ]
  const [name = '', strength = ''] = effect[1].split(':')
  const rest = component.filter((each) => each !== effect && !/^[xywh]$/.test(each[0]))
  return [...rest, ['e', `${name}:${strength}|${region.join(',')}`]]
}

/** The colour of an effect stands beside it; grey where there is none. */
function coloured(asked: CloudinaryAsked): CloudinaryAsked {
  const { colorize, colour = '808080', native } = asked
  return colorize === undefined ? asked : { ...asked, native: { ...native, ...colourised(colour, colorize) } }
}

const balanced = ({ red = 0, green = 0, blue = 0 }: CloudinaryAsked): Pairs => balance([red, green, blue])

/** `e_blur:300` is the word e_blur with the value 300; of flags there may be several. */
function saidOf([key, value]: Parameter): (readonly [string, string])[] {
  if (key !== 'e' && key !== 'fl') return [[key, value]]
  return (key === 'fl' ? value.split('.') : [value]).map((each) => {
    const at = each.indexOf(':')
    return at < 0 ? [`${key}_${each}`, ''] : [`${key}_${each.slice(0, at)}`, each.slice(at + 1)]
  })
}

/** Of format, quality and flags the last occurrence decides, wherever it stands. */
function merged(asked: readonly CloudinaryAsked[]): CloudinaryAsked {
  const all: CloudinaryAsked = Object.assign({}, ...asked)
  return {
    ...all,
    automatic: asked.flatMap(({ automatic = [] }) => automatic),
  }
}

function output({ format, isProgressive, automatic = [], ...asked }: CloudinaryAsked): Pairs {
  const hints = [...(asked.isWidthHinted ? ['width'] : []), ...(asked.isDensityHinted ? ['dpr'] : [])]
  const named = format === 'jpg' && isProgressive ? 'pjpg' : format
  const chosen = [...new Set([...(format === 'auto' ? ['format'] : []), ...automatic])]
  return {
    ...(named !== undefined && named !== 'auto' ? { fm: named } : {}),
    ...(chosen.length > 0 ? { auto: chosen.join(',') } : {}),
    ...(hints.length > 0 ? { ch: hints.join(',') } : {}),
  }
}

const information = (answer: Answer): Answer =>
  reshaped(answer, 'cl', ({ width, height, bytes, format }) => ({
    input: { width, height, bytes, format: format === 'jpeg' ? 'jpg' : format },
    output: { width, height, bytes, format: format === 'jpeg' ? 'jpg' : format },
  }))
