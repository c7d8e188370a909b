// A request to the Upload API: its fields from the query and the form, and how every handler's result is answered.
import type { Context, Hono } from 'hono'
import type { ContentfulStatusCode } from 'hono/utils/http-status'
import type { JsonObject } from '../../../records/index.ts'
import type { Form } from '../../intake/intake.ts'
import type { Hold } from '../../services/accounts/accounts.ts'
import { withinQuota } from '../../services/accounts/form-quota.ts'
import type { ApiEnv, ApiParts } from '../parts.ts'
import { textOf } from '../request.ts'
import { asRefusal, Refusal } from './upload-errors.ts'

export interface UploadRequest {
  readonly c: Context<ApiEnv>
  /** The first of that name, of the form before the query; undefined when there is none or it is empty. */
  field(name: string): string | undefined
  /** As sent, the form's first. */
  readonly fields: Form['fields']
  readonly files: Form['files']
  /** What it holds of quotas; given back when it is answered, where it was not counted or kept. */
  readonly holds: Hold[]
}

export type UploadHandler = (asked: UploadRequest) => Promise<JsonObject>

type UploadMethod = 'GET' | 'POST' | 'PUT'

export interface UploadRoute {
  readonly method: UploadMethod
  readonly path: string
  /** Of a file that comes with the request; 0 where none is expected. */
  readonly maxBytes?: number
  readonly answer: UploadHandler
}

const mostFiles = 10
/** A group of 1000 files, and what goes with it. */
const mostFields = 1050
/** An address, in whichever bytes. */
const mostFieldBytes = 16 * 1024

export function route(
  app: Hono<ApiEnv>,
  parts: ApiParts,
  { method, path, answer, maxBytes = 0 }: UploadRoute,
): void {
  app.all(path, async (c) => {
    if (c.req.method === 'OPTIONS') return answerEmpty(c)
    let form: Form | undefined
    const holds: Hold[] = []
    try {
      if (c.req.method !== method) throw wrongMethod(c)
      form = method === 'POST' ? await readForm(c, parts, maxBytes) : undefined
      return c.json(await answer(requestOf(c, form, holds)), 200, cors)
    } catch (thrown) {
      const refusal = asRefusal(thrown)
      if (refusal.status >= 500) parts.log.error({ err: thrown, path }, 'an upload request failed')
      return answerRefusal(c, refusal, method)
    } finally {
      await form?.discard()
      for (const hold of holds) await hold.release()
    }
  })
}

const methods = 'GET, POST, PUT, OPTIONS'

/** The widget sends from any page (reference, section 2). */
const cors = {
  'access-control-allow-origin': '*',
  'access-control-allow-methods': methods,
  'access-control-allow-headers': 'X-UC-User-Agent, Content-Type, X-PINGOTHER, DNT, Authorization',
  'access-control-expose-headers': 'Retry-After, Warning',
  'access-control-max-age': '86400',
  'cache-control': 'no-store',
}

/** With `jsonerrors` an error is an ordinary answer: a browser's script sees no other. */
export function answerRefusal(c: Context<ApiEnv>, refusal: Refusal, method: UploadMethod) {
  const { code, message, status, retryAfterSeconds } = refusal
  const wait = retryAfterSeconds === undefined ? {} : { 'retry-after': String(retryAfterSeconds) }
  // RFC 9110 15.5.6
  const allow = status === 405 ? { allow: `${method}, OPTIONS` } : {}
  const headers = { ...cors, ...wait, ...allow }
  if (!isOn(c.req.query('jsonerrors'))) return c.text(message, status as ContentfulStatusCode, headers)
  return c.json({ error: { status_code: status, content: message, error_code: code } }, 200, headers)
}

/** For what carries no fields: a part of a file. */
export const answerEmpty = (c: Context<ApiEnv>) =>
  c.req.method === 'OPTIONS' ? c.body(null, 204, { ...cors, allow: methods }) : c.body(null, 200, cors)

export const wrongMethod = (c: Context<ApiEnv>) =>
  new Refusal('MethodNotAllowedError', `${c.req.method} is not allowed for ${c.req.path}`)

export const isOn = (value: string | undefined): boolean => value === '1' || value === 'true'

async function readForm(c: Context<ApiEnv>, parts: ApiParts, maxBytes: number): Promise<Form> {
  const { incoming } = c.env
  const { headers } = incoming
  // Fields and the frame around the files are small beside them.
  if (Number(headers['content-length'] ?? 0) > maxBytes + formBytes)
    throw new Refusal('RequestSizeLimitExceededError')
  if (!/^multipart\/form-data/i.test(headers['content-type'] ?? '')) return readUrlencoded(incoming, parts)
  const limits = {
    ...{ maxBytes: Math.max(1, maxBytes), maxFiles: mostFiles + 1 },
    ...{ maxFields: mostFields + 1, maxFieldBytes: mostFieldBytes },
    ...quotaOf(c, parts),
  }
  const form = await parts.intake.form({ headers, body: incoming }, limits)
  const tooMany =
    form.files.length > mostFiles
      ? 'FilesNumberLimitExceededError'
      : form.fields.length > mostFields
        ? 'RequestFiledsNumberLimitExceededError'
        : undefined
  if (tooMany === undefined) return form
  await form.discard()
  throw new Refusal(tooMany)
}

const formBytes = 1024 * 1024
/** The key stands near the beginning. */
const longestAgent = 400

/** The key is a field of the form, often behind the file; clients name it in a header and in their own name too. */
function quotaOf(c: Context<ApiEnv>, { accounts }: ApiParts) {
  const find = async (id: string | undefined) => (id === undefined ? undefined : accounts.byPublicKey(id))
  const agent = c.req.header('x-uc-user-agent') ?? c.req.header('user-agent')
  const named =
    c.req.query('pub_key') ??
    /^\w*uploadcare\w*\/[^/\s]*\/(\w+)/i.exec(agent?.slice(0, longestAgent) ?? '')?.[1]
  const isKey = (name: string) => name === 'UPLOADCARE_PUB_KEY' || name === 'pub_key'
  return withinQuota(accounts, (name, value) => (isKey(name) ? find(value) : undefined), find(named))
}

async function readUrlencoded(incoming: ApiEnv['Bindings']['incoming'], { limits }: ApiParts): Promise<Form> {
  const isForm = /^application\/x-www-form-urlencoded/i.test(incoming.headers['content-type'] ?? '')
  const text = await textOf(incoming, limits.jsonBytes)
  if (text !== '' && !isForm) throw new Refusal('PostRequestParserFailedError')
  return {
    fields: pairsOf(new URLSearchParams(text)),
    files: [],
    field: () => undefined,
    discard: async () => {},
  }
}

function requestOf(c: Context<ApiEnv>, form: Form | undefined, holds: Hold[]): UploadRequest {
  const query = pairsOf(new URL(c.req.url).searchParams)
  const fields = [...(form?.fields ?? []), ...query]
  if (fields.some(({ name, value }) => `${name}${value}`.includes('\0')))
    throw new Refusal('NullCharactersForbiddenError')
  return {
    c,
    fields,
    files: form?.files ?? [],
    holds,
    field: (name) => fields.find((field) => field.name === name && field.value !== '')?.value,
  }
}

const pairsOf = (params: URLSearchParams): Form['fields'] =>
  [...params].map(([name, value]) => ({ name, value }))
