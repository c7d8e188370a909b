// Reads Optidash's JSON: what is done to the picture, where the result goes, and how the answer is wanted. Pure.
import { z } from 'zod'
import { Failure } from '../../../errors.ts'
import type { OptimiseRequest } from '../../../transforms/optimise/request.ts'
import type { Wish } from '../../services/optimising/optimising.ts'
import { jsonFrom } from '../json.ts'
import { nonEmpty, pairs, read, whole, words } from '../schema.ts'
import { editOf, operations } from './edit.ts'
import { store, targetOf } from './external-storage.ts'

export interface OptidashRequest {
  readonly wish: Wish
  readonly isBinary: boolean
  readonly webhook: { readonly url: string; readonly delayMs: number } | undefined
  /** To be fetched, with the headers to be sent. */
  readonly source: { readonly url: string; readonly headers?: Readonly<Record<string, string>> } | undefined
}

const compression = z.enum(['lossless', 'low', 'medium', 'high'], {
  error: 'must be one of lossless, low, medium, high',
})

const output = z.strictObject({
  format: words()
    .transform((text) => text.toLowerCase())
    .pipe(
      z.enum(['auto', 'gif', 'jpg', 'jpeg', 'png', 'webp', 'avif'], {
        error: 'must be one of auto, gif, jpg, png, webp, avif; jp2 is not supported',
      }),
    )
    .optional(),
  quality: whole(1, 100).optional(),
  encoding: z.enum(['baseline', 'progressive'], { error: 'must be baseline or progressive' }).optional(),
})

const unsupported = z.never({ error: 'is not supported' }).optional()

const shape = z.strictObject({
  url: words(8192).optional(),
  headers: pairs.optional(),
  optimize: z.strictObject({ compression: compression.optional() }).optional(),
  ...operations,
  ...{
    mask: unsupported,
    watermark: unsupported,
    text: unsupported,
    border: unsupported,
    padding: unsupported,
  },
  output: output.optional(),
  store: store.optional(),
  webhook: z.strictObject({ url: nonEmpty(8192), delay: whole(0, 604_800).optional() }).optional(),
  response: z
    .strictObject({ mode: z.enum(['json', 'binary'], { error: 'must be json or binary' }).optional() })
    .optional(),
  // Reference section 5: "Push to the vendor's CDN; accept and ignore".
  cdn: z.unknown().optional(),
})

type OptidashFields = z.infer<typeof shape>

/** The JSON object of a body. Fails with 'bad-body' for anything else. What is null is not given. */
export function objectOf(text: string | undefined): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = jsonFrom(text ?? '', (_, each) => each ?? undefined)
    if (typeof value === 'object' && value !== null && !Array.isArray(value))
      return value as Record<string, unknown>
  } catch {}
  throw new Failure('bad-body', 'The request holds no JSON object.')
}

/** Fails with 'bad-option', in words for the client. */
export function readRequest(given: Readonly<Record<string, unknown>>): OptidashRequest {
  const options = read(shape, given)
  const isBinary = options.response?.mode === 'binary'
  const { webhook, url, headers } = options
  if (isBinary && webhook) throw badRequest('webhook cannot be joined with a binary response')
  if (isBinary && options.store) throw badRequest('store cannot be joined with a binary response')
  return {
    wish: {
      edit: editOf(options),
      optimise: optimising(options),
      ...(options.store && { target: targetOf(options.store) }),
    },
    isBinary,
    webhook: webhook && { url: webhook.url, delayMs: (webhook.delay ?? 0) * 1000 },
    source: url === undefined ? undefined : { url, ...(headers && { headers }) },
  }
}

function optimising({ optimize, output = {} }: OptidashFields): OptimiseRequest {
  const { format = 'auto', quality, encoding } = output
  return {
    ...(quality === undefined
      ? strengths[optimize?.compression ?? 'lossless']
      : { mode: 'quality', quality }),
    ...(format !== 'auto' && { format: format === 'jpg' ? 'jpeg' : format }),
    ...(encoding && { progressive: encoding === 'progressive' }),
  }
}

/** Optidash says how hard it presses, we say how good it must look. */
const strengths = {
  lossless: { mode: 'lossless' },
  low: { mode: 'lossy', level: 'max' },
  medium: { mode: 'lossy', level: 'default' },
  high: { mode: 'lossy', level: 'eco' },
} as const satisfies Record<z.infer<typeof compression>, OptimiseRequest>

const badRequest = (message: string): Failure => new Failure('bad-option', message)
