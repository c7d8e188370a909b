// What may be asked of the optimiser: one table of options for the query, for a form, for JSON and for the document.
import { z } from '@hono/zod-openapi'
import { optimisedFormats } from '../../../../transforms/index.ts'
import { keepableMetadata, levels } from '../../../../transforms/optimise/request.ts'
import { asText, commas, httpUrl, inJson, inText, type Kinds } from './scalars.ts'
import { BucketTarget } from './target.ts'

const keysOf = <K extends string>(table: Readonly<Record<K, unknown>>) => Object.keys(table) as [K, ...K[]]
const optional = <T extends z.ZodType>(schema: T, description: string, example: unknown) =>
  schema.optional().openapi({ description, example })

/** Of one result. */
const wish = ({ integer, yesNo, listOf }: Kinds) => ({
  mode: optional(
    z.enum(['lossless', 'lossy', 'quality']),
    'lossless: not one pixel changes. lossy: as small as the level allows. quality: the encoder runs at `quality`. By default `quality` where a quality is given, else lossy.',
    'lossy',
  ),
  level: optional(
    z.enum(keysOf(levels)),
    `How good a lossy picture must look, as a SSIMULACRA2 score: ${Object.entries(levels)
      .map(([level, score]) => `${level} ${score}`)
      .join(', ')}. By default \`default\`.`,
    'high',
  ),
  quality: optional(integer(1, 100), "The encoder's own quality, in mode quality.", 80),
  max_bytes: optional(
    integer(100),
    'Not in mode lossless: go below the level or quality rather than above this many bytes.',
    200_000,
  ),
  format: optional(
    z.enum(['same', 'auto', ...optimisedFormats]),
    "same keeps the source's format; auto also tries the formats that every browser shows.",
    'auto',
  ),
  chroma: optional(
    z.enum(['4:2:0', '4:2:2', '4:4:4']),
    'Of a JPEG, not in mode lossless: how finely colours are kept; found by score unless told.',
    '4:4:4',
  ),
  progressive: optional(yesNo(), 'Of a JPEG: false gives one that loads from top to bottom.', false),
  keep: optional(
    listOf(z.enum(keepableMetadata), keepableMetadata.length),
    'What stays of the metadata; the rest goes. Comma-separated in a query or a form.',
    ['profile', 'copyright'],
  ).openapi(commas),
  edit: optional(
    z.string().max(2000),
    'What is done before, in the options of the picture addresses: w=640&h=480&fit=crop.',
    'w=640&fit=max',
  ),
  name: optional(
    z
      .string()
      .min(1)
      .max(200)
      // The first is for the document: what every generator's own expressions can say of it.
      .regex(/^[^/\\]+$/, { error: 'expected a file name' })
      .refine((name) => /^(?!\.{1,2}$)[^\p{Cc}\p{Cs}]+$/u.test(name), { error: 'expected a file name' })
      .refine((name) => Buffer.byteLength(name) <= 200, {
        error: 'expected a file name of at most 200 bytes',
      }),
    "File name of the result; by default the source's, with the extension of the result's format.",
    'cat.webp',
  ),
})

export const Variant = z
  .strictObject({
    id: z
      .string()
      .min(1)
      .max(64)
      .openapi({ description: 'Names the result in the answer.', example: 'small' }),
    ...wish(inJson),
    target: BucketTarget.optional(),
  })
  .openapi('Variant', { example: { id: 'small', edit: 'w=320' } })

const variants = {
  schema: z.array(Variant).min(1).max(10),
  description:
    'Up to ten results of the one source. The options beside `variants` hold for each that does not say otherwise.',
  example: [
    { id: 'small', edit: 'w=320' },
    { id: 'large', edit: 'w=800', format: 'webp' },
  ],
}

/** Of the call. */
const call = ({ whole }: Kinds) => ({
  variants: optional(whole(variants.schema), variants.description, variants.example),
  response: optional(
    z.enum(['json', 'binary', 'events']),
    'What is answered, where `Accept` is not at hand: a report, the picture itself, or a stream of events.',
    'json',
  ),
  retention: optional(
    z.enum(['api', 'page']),
    'How long the result can be fetched: an hour for api, twelve for page, unless the server is set otherwise. By default api.',
    'api',
  ),
  callback_url: optional(
    httpUrl(),
    'Answer 202 at once, and post the result here when it is done.',
    'https://shop.example/halftone',
  ),
  reference: optional(z.string().max(255), 'Your own word for it, handed back in the webhook.', 'order-1234'),
})

/** Not in the query: addresses are written into logs. */
const secrets = ({ whole }: Kinds) => ({
  callback_secret: optional(
    z.string().min(1).max(255),
    'Signs the webhook: `halftone-signature: t=<seconds>,v1=<hex>`.',
    'a long random word',
  ),
  target: whole(BucketTarget).optional().openapi({
    description: 'A bucket of your own in which the result is put besides. JSON text in a form.',
  }),
})

const all = (kinds: Kinds) => ({ ...wish(kinds), ...call(kinds), ...secrets(kinds) })

const sourceHeaders = z.record(z.string(), z.string())

export const OptimizeQuery = z.strictObject({
  ...wish(inText),
  ...call(inText),
  variants: asText(variants.schema, variants.description, variants.example),
})

/** The fields of a form, besides `options`. */
export const OptimizeFields = z.strictObject({
  url: httpUrl().optional(),
  source_headers: inText.whole(sourceHeaders).optional(),
  ...all(inText),
})

export const OptimizeOptions = z
  .strictObject(all(inJson))
  .openapi('OptimizeOptions', { example: { mode: 'lossy', format: 'auto' } })

export const OptimizeUrl = z
  .strictObject({
    url: httpUrl().openapi({ description: 'Of the picture.', example: 'https://shop.example/cat.jpg' }),
    source_headers: sourceHeaders.optional().openapi({
      description: 'Sent with the request for the picture.',
      example: { authorization: 'Bearer …' },
    }),
    ...all(inJson),
  })
  .openapi('OptimizeUrl', { example: { url: 'https://shop.example/cat.jpg', format: 'auto' } })

export type OptimizeQuery = z.output<typeof OptimizeQuery>
export type OptimizeOptions = z.output<typeof OptimizeOptions>
export type OptimizeUrl = z.output<typeof OptimizeUrl>
export type Variant = z.output<typeof Variant>
