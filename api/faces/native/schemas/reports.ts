// What is answered about a picture: what it was, what became of it, and why.
import { z } from '@hono/zod-openapi'
import { time } from './scalars.ts'

const bytes = () => z.int().min(0)

const identified = {
  format: z.string().openapi({ description: 'By its bytes, whatever it is called.', example: 'jpeg' }),
  width: z.int().openapi({ description: 'As stored, in pixels, of one frame.', example: 1600 }),
  height: z.int().openapi({ example: 1200 }),
  progressive: z.boolean(),
  animated: z.boolean(),
  alpha: z.boolean().openapi({ description: 'May hold transparent pixels.' }),
  depth: z.int().openapi({ description: 'Bits of one channel.', example: 8 }),
  space: z.enum(['rgb', 'gray', 'cmyk', 'palette']),
  orientation: z.int().openapi({ description: 'EXIF orientation, 1 to 8.', example: 1 }),
  icc: z
    .object({ name: z.string().nullable(), class: z.enum(['srgb', 'wide', 'gray', 'cmyk', 'other']) })
    .nullable()
    .openapi({ description: 'The colour profile; null without one.' }),
  exif: z.boolean(),
  source_quality: z
    .object({ quality: z.int(), family: z.enum(['libjpeg', 'mozjpeg', 'unknown']) })
    .nullable()
    .openapi({ description: 'What a JPEG was saved at, by its tables.' }),
  extras: z
    .object({ gain_map: z.boolean(), more_pictures: z.boolean(), c2pa: z.boolean() })
    .nullable()
    .openapi({ description: 'What a JPEG carries beside its picture.' }),
}

export const Identification = z.object(identified).openapi('Identification')
export type Identification = z.output<typeof Identification>

export const SourceReport = z
  .object({
    name: z.string().openapi({ example: 'cat.jpg' }),
    bytes: bytes(),
    sha1: z.string(),
    ...identified,
    unique_colours: z
      .int()
      .nullable()
      .openapi({ description: 'Counted in small and palette pictures only, else null.' }),
  })
  .openapi('SourceReport')

export const Attempt = z
  .object({
    name: z.string().openapi({ example: 'webp' }),
    bytes: bytes().optional().openapi({ description: 'Absent when nothing came out.' }),
    ms: z.number(),
    verdict: z
      .string()
      .openapi({ description: 'chosen, larger, or why it may not be used.', example: 'larger' }),
  })
  .openapi('Attempt')

export const OutputReport = z
  .object({
    format: z.enum(['jpeg', 'png', 'webp', 'avif', 'gif', 'svg']),
    type: z.string().openapi({ example: 'image/webp' }),
    width: z.int().openapi({ description: 'As a viewer sees it.' }),
    height: z.int(),
    bytes: bytes(),
    saved: z
      .int()
      .openapi({ description: 'Bytes less than the source; below 0 when an edit made it larger.' }),
    percent: z.number().openapi({ description: "Saved, of the source's bytes, to a tenth.", example: 62.4 }),
    mode: z.enum(['lossless', 'lossy', 'quality']),
    score: z
      .number()
      .nullable()
      .openapi({ description: 'SSIMULACRA2 against the source, where it was judged.' }),
    target: z.number().nullable().openapi({ description: 'The score that was aimed at, where one was.' }),
    stopped_early: z.boolean().openapi({
      description: 'The time ended the search: with more of it the result may be smaller, or better.',
    }),
    quality: z.number().nullable().openapi({ description: 'Of the encoder.' }),
    chroma: z.enum(['4:2:0', '4:2:2', '4:4:4']).nullable(),
    probes: z.int().nullable().openapi({ description: 'Encodings that were judged on the way.' }),
    chosen: z.string().openapi({ description: "Of `tried`; 'original' when none was better." }),
    reason: z.string(),
    tried: z.array(Attempt),
    dropped: z
      .array(z.string())
      .openapi({ description: 'What was found beside the pixels and is not in the result.' }),
    sha1: z.string(),
  })
  .openapi('OutputReport')

export const result = {
  id: z.string().openapi({ description: 'Of the result, for /v1/results/{id}.' }),
  variant: z.string().nullable().openapi({ description: 'The id of the variant; null without variants.' }),
  name: z.string().openapi({ example: 'cat.webp' }),
  url: z.string().openapi({
    description:
      'Where it can be fetched, without a key, until it expires; the object in your bucket when there was a target.',
  }),
  expires: time(),
  source: SourceReport,
  output: OutputReport,
  ms: z.number().openapi({ description: 'How long the picture was worked on.' }),
  waited_ms: z.number().openapi({ description: 'How long it waited for its turn.' }),
}

export const OptimizeResult = z.object(result).openapi('OptimizeResult')
export type OptimizeResult = z.output<typeof OptimizeResult>

/** The answer to a call with `variants`. */
export const OptimizeResults = z
  .object({ results: z.array(OptimizeResult).openapi({ description: 'In the order of the variants.' }) })
  .openapi('OptimizeResults')
