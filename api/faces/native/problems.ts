// Failures as RFC 9457 problem documents: thrown ones, and what a schema does not accept.
import { z } from '@hono/zod-openapi'
import type { Context } from 'hono'
import { asFailure, Failure } from '../../../errors.ts'
import { publicProblem } from '../../../problem.ts'

export const Problem = z
  .object({
    type: z.string().openapi({ example: 'urn:halftone:problem:bad-option' }),
    title: z.string().openapi({ example: 'An option is not valid' }),
    status: z.int().openapi({ example: 400 }),
    detail: z
      .string()
      .openapi({ example: "Expected an integer from 1 to 100 for 'quality', received '101'." }),
    option: z.string().optional().openapi({ example: 'quality' }),
    expected: z.string().optional().openapi({ example: 'an integer from 1 to 100' }),
    received: z.string().optional().openapi({ example: '101' }),
    'violated-policies': z
      .array(z.string())
      .optional()
      .openapi({ description: 'The rate limits that were reached, by name.' }),
  })
  .openapi('Problem')

const problem = (description: string) => ({
  description,
  content: { 'application/problem+json': { schema: Problem } },
})

const described = {
  400: 'An option or the body is not valid.',
  401: 'The key is missing or wrong.',
  403: 'The key may not do this, or the address is not allowed.',
  404: 'There is no such thing in this project.',
  408: 'The body came too slowly.',
  409: 'It cannot be done in the present state.',
  413: 'The picture, the file or the body is too large.',
  415: 'It is no picture that we can read, or no JSON where that is expected.',
  416: 'There is no such part of it.',
  422: 'The picture is damaged, or would cost too much.',
  429: 'A rate limit is reached, the quota is used up, or too many pictures of this project wait.',
  502: 'The server of the source failed.',
  503: 'Too much is being done at present, or the records cannot be reached; see Retry-After.',
  504: 'The server of the source did not answer in time.',
  507: 'There is no room left on the disk.',
}

type DescribedStatus = keyof typeof described

/** What each operation may answer besides: the key, the options, the load. */
const everywhere = [400, 401, 403, 429, 503, 507] as const

/** The rows of `responses` for the statuses a route may fail with. */
export const failureResponses = <const S extends readonly DescribedStatus[]>(...statuses: S) =>
  Object.fromEntries(
    [...new Set<DescribedStatus>([...everywhere, ...statuses])].map((status) => [
      status,
      problem(described[status]),
    ]),
  ) as Record<S[number] | (typeof everywhere)[number], ReturnType<typeof problem>>

/** Of routes that take JSON alone. */
export const jsonStatuses = [413, 415] as const
export const bodyStatuses = [408, 413, 415, 422] as const
export const sourceStatuses = [404, 502, 504] as const

export function problemResponse(c: Context, thrown: unknown): Response {
  const failure = inOwnWords(asFailure(thrown))
  const { status, headers, body } = publicProblem(failure)
  const sent: Record<string, string> = { ...headers, 'cache-control': 'no-store' }
  if (failure.kind === 'bad-credentials') sent['www-authenticate'] = challenge(c.req.header('authorization'))
  return new Response(c.req.method === 'HEAD' ? null : new Uint8Array(body), { status, headers: sent })
}

/** Options that the services behind call otherwise. */
const ownWords: Readonly<Record<string, string>> = {
  maxBytes: 'max_bytes',
  partBytes: 'part_bytes',
  number: 'part',
}

function inOwnWords(failure: Failure): Failure {
  const { kind, message, details } = failure
  const option = ownWords[details.option ?? '']
  return option === undefined ? failure : new Failure(kind, message, { ...details, option })
}

// A browser that is challenged with Basic asks the person who looks at the page, so only those hear of it who used it.
const challenge = (authorization = ''): string =>
  /^basic\b/i.test(authorization) ? 'Basic realm="halftone", charset="UTF-8"' : 'Bearer realm="halftone"'

/** The value when the schema accepts it. Fails with 'bad-option' naming the field that is at fault. */
export function parseWith<T extends z.ZodType>(schema: T, given: unknown): z.output<T> {
  const parsed = schema.safeParse(given)
  if (parsed.success) return parsed.data
  throw schemaFailure(parsed.error, given)
}

/** The first thing that is wrong, as a failure that names it. */
export function schemaFailure(error: z.ZodError, given: unknown): Failure {
  const issue = firstOf(error.issues)
  const unknown = issue.code === 'unrecognized_keys' ? issue.keys[0] : undefined
  const path = [...issue.path, ...(unknown === undefined ? [] : [unknown])]
  const option = path.map(String).join('.')
  if (unknown !== undefined)
    return new Failure('bad-option', `There is no option '${option}' here.`, { option })
  const expected = expectation(issue)
  const received = issue.code === 'invalid_key' ? String(path.at(-1)) : valueText(path.reduce(within, given))
  const place = option === '' ? 'the body' : `'${option}'`
  const message = `Expected ${expected} for ${place}, received ${received === undefined ? 'nothing' : `'${received.slice(0, 60)}'`}.`
  return new Failure('bad-option', message, {
    expected,
    ...(option === '' ? {} : { option }),
    ...(received === undefined ? {} : { received }),
  })
}

type Issue = z.core.$ZodIssue

/** A union's own issues lie one level deeper; a wrong value says more than an unknown name, which may be a typing slip. */
function firstOf(issues: readonly Issue[]): Issue {
  const [first] = issues
  if (first?.code === 'invalid_union') {
    const deeper = first.errors.find(([issue]) => issue !== undefined)
    if (deeper?.[0]) return { ...deeper[0], path: [...first.path, ...deeper[0].path] } as Issue
  }
  return first as Issue
}

/** Of a list or an object that was sent as a text, all of the text. */
function within(value: unknown, key: PropertyKey): unknown {
  if (typeof value === 'string') return value
  return typeof value === 'object' && value !== null
    ? (value as Record<PropertyKey, unknown>)[key]
    : undefined
}

function valueText(value: unknown): string | undefined {
  if (value === undefined) return undefined
  return typeof value === 'string' ? value : JSON.stringify(value)
}

function expectation(issue: Issue): string {
  switch (issue.code) {
    case 'invalid_type':
      return types[issue.expected] ?? `${article(issue.expected)} ${issue.expected}`
    case 'invalid_key':
      return issue.issues[0] ? expectation(issue.issues[0]) : 'another name'
    case 'invalid_value':
      return issue.values.length === 1
        ? `'${String(issue.values[0])}'`
        : `one of ${issue.values.map(String).join(', ')}`
    case 'too_small':
      return `${kindOf(issue.origin)} of at least ${issue.minimum}`
    case 'too_big':
      return `${kindOf(issue.origin)} of at most ${issue.maximum}`
    case 'invalid_format':
      return formats[issue.format] ?? issue.message.replace(/^expected /, '')
    default:
      return issue.message.replace(/^.*\bexpected /i, '')
  }
}

const article = (word: string): string => (/^[aeiou]/.test(word) ? 'an' : 'a')

const types: Readonly<Record<string, string>> = {
  int: 'an integer',
  boolean: 'true or false',
  record: 'an object',
}

const formats: Readonly<Record<string, string>> = {
  url: 'an http or https URL',
  datetime: 'a time such as 2026-11-21T12:00:00Z',
  date: 'a date such as 2026-11-21',
  uuid: 'a UUID',
}

const kindOf = (origin: string): string =>
  ({ string: 'a text with a length', array: 'a list with a length', int: 'an integer' })[origin] ?? 'a number'
