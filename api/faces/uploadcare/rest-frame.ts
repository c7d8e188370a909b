// The frame of Uploadcare's REST API 0.7: who asks in which version, one shape of errors, one content type.
import type { Context, Hono } from 'hono'
import type { ContentfulStatusCode } from 'hono/utils/http-status'
import { asFailure, type FailureKind } from '../../../errors.ts'
import { problemAnswer, statusOf } from '../../../problem.ts'
import type { Json, KeyRecord } from '../../../records/index.ts'
import type { Scope } from '../../services/accounts/accounts.ts'
import type { PublicBases } from '../../services/uploads/file-event.ts'
import { jsonFrom } from '../json.ts'
import type { ApiEnv, ApiParts } from '../parts.ts'
import { basesOf, textOf } from '../request.ts'
import { authenticate } from './rest-auth.ts'
import { RestError } from './rest-error.ts'

export interface RestRequest {
  readonly c: Context<ApiEnv>
  readonly key: KeyRecord
  readonly project: string
  readonly bases: PublicBases
  /** The body as JSON; fails when it is none. */
  json(): Json
  param(name: string): string
  query(name: string): string | undefined
}

/** What is answered: JSON with 200, what was made with 201, nothing with 204. */
export type RestReply = Json | CreatedReply | undefined

const body = Symbol('body')
interface CreatedReply {
  readonly [body]: Json
}
export const replyCreated = (made: Json): CreatedReply => ({ [body]: made })
const isCreatedReply = (replied: Json | CreatedReply): replied is CreatedReply =>
  typeof replied === 'object' && replied !== null && body in replied

type RestMethod = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
export type RestHandlers = Partial<Readonly<Record<RestMethod, (asked: RestRequest) => Promise<RestReply>>>>

export interface RestResource {
  readonly path: string
  readonly scope: Scope
  readonly answers: RestHandlers
}

export const version = '0.7'
const accepted = `application/vnd.uploadcare-v${version}+json`

export function resource(app: Hono<ApiEnv>, parts: ApiParts, { path, scope, answers }: RestResource): void {
  app.all(path, async (c) => {
    try {
      const answer = answers[c.req.method as RestMethod]
      if (!answer) return wrongMethod(c, answers)
      if (!c.req.header('accept')?.includes(accepted)) throw new RestError(406, wrongAccept)
      const { incoming } = c.env
      const text = await textOf(incoming, parts.limits.jsonBytes)
      // No text of a database may hold one, written as it may be.
      if (/%00/.test(incoming.url ?? '') || /\0|\\u0000/.test(text))
        throw new RestError(400, 'Null characters are not allowed.')
      const key = await authenticate({ incoming, body: text }, parts)
      await parts.rateLimits.take(key, c.env)
      parts.accounts.require(key, scope)
      const bases = basesOf(incoming, parts)
      const replied = await answer({
        ...{ c, key, bases, project: key.project },
        json: () => parseBody(text, incoming.headers['content-type']),
        param: (name) => c.req.param(name) ?? '',
        query: (name) => c.req.query(name),
      })
      if (replied === undefined) return c.body(null, 204)
      return isCreatedReply(replied) ? json(c, replied[body], 201) : json(c, replied)
    } catch (thrown) {
      return answerFailure(c, thrown, parts)
    }
  })
}

/** RFC 9110 15.5.6: with those that are answered. */
function wrongMethod(c: Context<ApiEnv>, answers: RestHandlers) {
  const allow = Object.keys(answers).join(', ')
  return json(c, { detail: `Method "${c.req.method}" not allowed.` }, 405, { allow })
}

/** For paths that no resource has: mounted behind all of them. */
export function nowhere(app: Hono<ApiEnv>, first: string): void {
  for (const path of [`/${first}`, `/${first}/*`])
    app.all(path, (c) => json(c, { detail: 'Not found.' }, 404))
}

const wrongAccept =
  'Incorrect Accept header provided. Make sure to specify API version. Refer to REST API docs for details.'

/** Without a charset: the JavaScript client compares the whole header (reference, section 7). */
function json(c: Context<ApiEnv>, value: Json, status = 200, headers: Record<string, string> = {}) {
  const all = { 'content-type': 'application/json', 'cache-control': 'no-store', ...headers }
  return c.body(JSON.stringify(value), status as ContentfulStatusCode, all)
}

/** JSON; the Python client sends webhooks as a form, and curl calls a form whatever it is not told of. */
function parseBody(text: string, type = ''): Json {
  try {
    return jsonFrom(text) as Json
  } catch {
    if (/^application\/x-www-form-urlencoded/i.test(type))
      return Object.fromEntries(new URLSearchParams(text))
    throw new RestError(400, 'JSON parse error.')
  }
}

/** Here a wrong option is a wrong request, and what is full or used up is a throttle. */
const statuses: Partial<Readonly<Record<FailureKind, number>>> = { busy: 429, late: 429 }

function answerFailure(c: Context<ApiEnv>, thrown: unknown, { log }: Pick<ApiParts, 'log'>) {
  if (thrown instanceof RestError) return json(c, { detail: thrown.message }, thrown.status)
  const failure = asFailure(thrown)
  const status = statuses[failure.kind] ?? statusOf(failure.kind)
  if (status >= 500) log.error({ err: thrown, path: c.req.path }, 'a REST request failed')
  const wait = problemAnswer(failure).headers['retry-after']
  if (status !== 429)
    return json(c, { detail: failure.message }, status, wait === undefined ? {} : { 'retry-after': wait })
  const seconds = wait ?? '10'
  const detail = `Request was throttled. Expected available in ${seconds} seconds.`
  return json(c, { detail }, 429, { 'retry-after': seconds })
}

/** The body as an object. */
export function objectIn(asked: RestRequest): Readonly<Record<string, Json | undefined>> {
  const value = asked.json()
  if (typeof value === 'object' && value !== null && !Array.isArray(value))
    return value as Readonly<Record<string, Json>>
  throw new RestError(400, 'Expected JSON object.')
}
