// The small kinds that options are made of: as JSON has them, where a number is a number, and as they stand in a query
// or a form, where everything is text; both are documented as what they are in JSON.
import { z } from '@hono/zod-openapi'
import { jsonFrom } from '../../json.ts'

export const integer = (min: number, max = Number.MAX_SAFE_INTEGER) =>
  z.preprocess(numberOf, z.int().min(min).max(max))

export const figure = (min: number, max: number) => z.preprocess(numberOf, z.number().min(min).max(max))

export const yesNo = () => z.preprocess(truthOf, z.boolean())

/** In a query `a,b`; in JSON `["a", "b"]`. */
export const listOf = <T extends z.ZodType>(item: T, most: number) =>
  z.preprocess(itemsOf, z.array(item).max(most))

/** In a form an object is written as JSON text. */
export const fromText = <T extends z.ZodType>(schema: T) => z.preprocess(parseMaybe, schema)

/** The same in a query, where nothing else can be. */
export const asText = <T extends z.ZodType>(schema: T, description: string, example: unknown) =>
  fromText(schema)
    .optional()
    .openapi({
      // No contentMediaType: to a generator that is a file.
      ...{ type: 'string', description },
      example: JSON.stringify(example),
    })

/** Of a schema with a name: marked as nullable it would be so wherever it is named. */
export const orNull = <T extends z.ZodType>(schema: T) => z.union([schema, z.null()])

/** How a list stands in a query. */
export const commas = { param: { style: 'form', explode: false } } as const

/** The kinds of one option, so that a table of options is written once for both. */
export interface Kinds {
  integer(min: number, max?: number): z.ZodType<number>
  yesNo(): z.ZodType<boolean>
  listOf<T extends z.ZodType>(item: T, most: number): z.ZodType<z.output<T>[]>
  whole<T extends z.ZodType>(schema: T): z.ZodType<z.output<T>>
}

export const inText: Kinds = { integer, yesNo, listOf, whole: fromText }

/** A text is no number here, and no list: the document says so. */
export const inJson: Kinds = {
  integer: (min, max = Number.MAX_SAFE_INTEGER) => z.int().min(min).max(max),
  yesNo: () => z.boolean(),
  listOf: (item, most) => z.array(item).max(most),
  whole: (schema) => schema as z.ZodType<z.output<typeof schema>>,
}

export const httpUrl = () => z.url({ protocol: /^https?$/ }).max(4096)

/** Milliseconds since 1970, written as a date or a date with a time (RFC 3339). */
export const moment = () =>
  z
    .union([z.iso.datetime({ offset: true }), z.iso.date()])
    .transform((text) => Date.parse(text))
    .openapi({ type: 'string', format: 'date-time', example: '2026-11-21T12:00:00Z' })

/** As answers carry it. */
export const time = () => z.string().openapi({ format: 'date-time', example: '2026-11-21T12:00:00.000Z' })
export const timeText = (ms: number): string => new Date(ms).toISOString()
export const maybeTime = (ms: number | null): string | null => (ms === null ? null : timeText(ms))

export const metadata = () =>
  z
    .record(
      z.string().regex(/^[\w.:-]{1,64}$/, { error: 'expected names of 1 to 64 of a-z A-Z 0-9 _ - . :' }),
      z.string().min(1).max(512),
    )
    .refine((found) => Object.keys(found).length <= 50, { error: 'expected at most 50 keys' })
    .openapi({ example: { order: '1234' } })

export const tags = () =>
  z
    .array(z.string().min(1).max(64))
    .max(50)
    .openapi({ example: ['holiday'] })

const numberOf = (given: unknown): unknown =>
  typeof given === 'string' && /^-?\d{1,16}(\.\d{1,16})?$/.test(given) ? Number(given) : given

const truths: Readonly<Record<string, boolean>> = { true: true, '1': true, false: false, '0': false }
const truthOf = (given: unknown): unknown => (typeof given === 'string' ? (truths[given] ?? given) : given)

const itemsOf = (given: unknown): unknown => {
  if (typeof given !== 'string') return given
  return given.startsWith('[') ? parseMaybe(given) : given.split(',').filter(Boolean)
}

function parseMaybe(given: unknown): unknown {
  if (typeof given !== 'string') return given
  try {
    return jsonFrom(given)
  } catch {
    return given
  }
}
