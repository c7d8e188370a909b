// Reads Kraken's JSON: who asks, how the answer is wanted, and one wish per size. Pure.
import { z } from 'zod'
import { Failure } from '../../../errors.ts'
import { type Keep, keepableMetadata, type OptimiseRequest } from '../../../transforms/optimise/request.ts'
import type { CustomerBucket, Wish } from '../../services/optimising/optimising.ts'
import { jsonFrom } from '../json.ts'
import { objectPath, read, whole, words } from '../schema.ts'
import { converting, editOf, type Format, type Resizing, resizing } from './edit.ts'
import { notJson } from './errors.ts'
import { stores, targetsOf } from './external-storage.ts'
import { flag, unlessEmpty } from './values.ts'

/** What the JSON asks for, besides `auth` and the picture. */
export interface KrakenRequest {
  readonly wishes: readonly Wish[]
  /** Several sizes, answered by id. */
  readonly isSet: boolean
  /** Where the answer goes; undefined: the client waits for it. */
  readonly callbackUrl: string | undefined
  /** Nothing is done and nothing counted. */
  readonly isSandbox: boolean
  readonly url: string | undefined
  /** Results are called what the source is called, whatever they became. */
  readonly keepsExtension: boolean
}

const quality = unlessEmpty(whole(1, 100))
const sampling = unlessEmpty(
  z.enum(['4:2:0', '4:2:2', '4:4:4'], { error: 'must be one of 4:2:0, 4:2:2, 4:4:4' }),
)

const own = { lossy: flag, quality, sampling_scheme: sampling }

const id = z.union([z.string().min(1).max(200), z.number().transform(String)], {
  error: 'must be a text or a number',
})

const entry = resizing.and(
  z.object({
    id,
    ...own,
    storage_path: objectPath.optional(),
  }),
)

const keeping = unlessEmpty(
  z
    .union([z.array(z.string()), z.string().transform((word) => [word])], { error: 'must be an array' })
    .pipe(z.array(z.enum(keepableMetadata, { error: `must be one of ${keepableMetadata.join(', ')}` }))),
)

const shape = z.object({
  ...own,
  url: words(8192).optional(),
  wait: flag,
  callback_url: unlessEmpty(words(8192)),
  webp: flag,
  auto_orient: flag,
  preserve_meta: keeping,
  convert: converting.extend({ keep_extension: flag }).optional(),
  ...stores,
  dev: flag,
})

type KrakenFields = z.infer<typeof shape>
type SizeEntry = z.infer<typeof entry>

const sizes = z
  .array(entry)
  .min(1, { error: 'must have at least one size' })
  .max(10, { error: 'must have at most 10 sizes' })
  .refine((all) => new Set(all.map(({ id }) => id)).size === all.length, {
    error: 'must have a different id for each size',
  })

/**
 * The JSON object of a body. Fails with 'bad-body' for anything else. What is null is not given: many clients write
 * every option that they know.
 */
export function objectOf(text: string | undefined): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = jsonFrom(text ?? '', (_, each) => each ?? undefined)
    if (typeof value === 'object' && value !== null && !Array.isArray(value))
      return value as Record<string, unknown>
  } catch {}
  throw new Failure('bad-body', notJson)
}

/** The pair in `auth`; empty texts, which are nobody's, where it is missing. */
export function credentialsOf({ auth }: Readonly<Record<string, unknown>>): { id: string; secret: string } {
  const result = z.object({ api_key: z.string(), api_secret: z.string() }).safeParse(auth)
  const { api_key: id, api_secret: secret } = result.data ?? { api_key: '', api_secret: '' }
  return { id, secret }
}

/** Fails with 'bad-option', in words for the client. */
export function readRequest(data: Readonly<Record<string, unknown>>): KrakenRequest {
  const given = read(shape, data)
  if (!given.wait && given.callback_url === undefined)
    throw badRequest('You need to specify either callback_url or wait flag')
  const [target, second] = targetsOf(given)
  if (second) throw badRequest('Only one external store can be used at a time')
  const { resize } = data
  const isSet = Array.isArray(resize)
  return {
    wishes: isSet
      ? read(sizes, resize, 'resize').map((size) => wishOfSet(given, size, target))
      : [wishOf(given, resize == null ? undefined : read(resizing, resize, 'resize'), target)],
    isSet,
    callbackUrl: given.callback_url,
    isSandbox: given.dev === true,
    url: given.url,
    keepsExtension: given.convert?.keep_extension === true,
  }
}

/** Its own settings before those of all. */
function wishOfSet(given: KrakenFields, size: SizeEntry, target: CustomerBucket | undefined): Wish {
  const { id, lossy, quality, sampling_scheme, storage_path } = size
  if (target && !storage_path) throw badRequest(`resize: size ${id} must have a storage_path`)
  const settings = {
    ...given,
    lossy: lossy ?? given.lossy,
    quality: quality ?? given.quality,
    sampling_scheme: sampling_scheme ?? given.sampling_scheme,
  }
  return { id, ...wishOf(settings, size, target && { ...target, path: storage_path ?? '' }) }
}

function wishOf(given: KrakenFields, resize: Resizing | undefined, target: CustomerBucket | undefined): Wish {
  const format = formatOf(given)
  const convert = format && { background: given.convert?.background, format }
  return {
    edit: editOf({ resize, convert, turn: given.auto_orient }),
    optimise: optimising(given, { format, resizes: resize !== undefined && resize.strategy !== 'none' }),
    ...(target && { target }),
  }
}

/** Reference section 3: "Superseded by convert.format". */
const formatOf = ({ convert, webp }: KrakenFields): Format | undefined =>
  convert?.format ?? (webp ? 'webp' : undefined)

interface Pixels {
  readonly format: Format | undefined
  readonly resizes: boolean
}

function optimising(given: KrakenFields, { format, resizes }: Pixels): OptimiseRequest {
  const { lossy, quality, sampling_scheme: chroma, preserve_meta } = given
  // Reference section 3: "lossy, resize, and conversion to JPEG"; else the picture keeps its own.
  const isSampled = lossy || resizes || format === 'jpeg'
  const keep: readonly Keep[] = [...new Set(preserve_meta)]
  return {
    // Reference section 3: "ignored without lossy".
    ...(lossy
      ? quality === undefined
        ? { mode: 'lossy' }
        : { mode: 'quality', quality }
      : { mode: 'lossless' }),
    ...(format && { format }),
    ...(chroma && isSampled && { chroma }),
    ...(keep.length > 0 && { keep }),
  }
}

const badRequest = (message: string): Failure => new Failure('bad-option', message)
