// Reads a client's JSON by a schema, and says in one sentence what is wrong: "resize.width must be a whole number ...".
import { z } from 'zod'
import { Failure } from '../../errors.ts'
import { isKey, keyWords } from '../../storage/index.ts'

/** The value when the schema accepts it. Fails with 'bad-option', naming the first place that is at fault. */
export function read<T>(schema: z.ZodType<T>, value: unknown, place = ''): T {
  const result = schema.safeParse(value, { error: plain })
  if (result.success) return result.data
  const [issue] = result.error.issues
  const unknown = issue?.code === 'unrecognized_keys' ? issue.keys.slice(0, 1) : []
  const at = [place, ...(issue?.path ?? []).map(String), ...unknown].filter(Boolean).join('.')
  throw new Failure('bad-option', `${at || 'The request'} ${issue?.message ?? 'is not valid'}`, {
    option: at,
  })
}

/** Where a schema has no words of its own. */
function plain({ code, input }: { readonly code?: string; readonly input?: unknown }): string {
  if (code === 'unrecognized_keys') return 'is not supported'
  if (input === undefined) return 'is missing'
  return code === 'invalid_type' ? 'must be an object' : 'is not valid'
}

/** Also as digits in a text: PHP and forms send those. */
export function whole(min: number, max: number) {
  const error = `must be a whole number from ${min} to ${max}`
  const digits = z.string().regex(/^\d{1,6}$/)
  return z
    .union([z.number(), digits.transform(Number)], { error })
    .refine((value) => Number.isInteger(value) && value >= min && value <= max, { error })
}

export const words = (max = 1024) =>
  z
    .string({ error: ({ input }) => (input === undefined ? 'is missing' : 'must be a text') })
    .max(max, { error: `must have at most ${max} characters` })

export const nonEmpty = (max = 1024) => words(max).min(1, { error: 'must not be empty' })

/** Names and values, as object stores and HTTP take them; numbers are common where a text is meant. */
export const pairs = z.record(
  z.string().min(1).max(256),
  z.union([z.string().max(4096), z.number().transform(String), z.boolean().transform(String)]),
  { error: 'must be an object of names and short texts' },
)

/** Keys of objects have no slash in front; examples of both APIs do. Empty is as good as absent. */
export const objectPath = words()
  .transform((text) => text.replace(/^\/+/, ''))
  .refine((text) => text === '' || isKey(text), { error: `must be ${keyWords}` })

type Present<T> = { [K in keyof T]: Exclude<T[K], undefined> }

/** Without what is undefined or an empty text: absent is absent, also in the queue. */
export const present = <T extends object>(given: T) =>
  Object.fromEntries(
    Object.entries(given).filter(([, value]) => value !== undefined && value !== ''),
  ) as Present<T>
