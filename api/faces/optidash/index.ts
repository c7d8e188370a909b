// Optidash's API over the optimise service: programs written for it keep working when they are pointed here.
import { type Context, Hono } from 'hono'
import { asFailure, Failure } from '../../../errors.ts'
import type { JsonObject, KeyRecord } from '../../../records/index.ts'
import type { Call, OptimisedResult, OptimiseSource } from '../../services/optimising/optimising.ts'
import type { Admission, ApiEnv, ApiParts } from '../parts.ts'
import { baseOf, textOf, untilLeft } from '../request.ts'
import { accountOf, answerOf, type CallsStanding, failureOf, headerOf, rateHeaders } from './answers.ts'
import { errorOf } from './errors.ts'
import { type OptidashRequest, objectOf, readRequest } from './request.ts'
import { findWebhook, listWebhooks, readQuery } from './webhooks.ts'

export { optidashWebhook } from './answers.ts'

interface OptidashEnv extends ApiEnv {
  Variables: {
    /** Whether a failure goes into the header: said by the request's own, until its JSON was read. */
    isBinary: boolean
    /** What was allowed and used, where that is why nothing more is done. */
    spent: CallsStanding | undefined
    /** Where it is the method that is refused. */
    allow: string | undefined
  }
}

const methods = [
  ...(['/1.0/fetch', '/1.0/upload'] as const).map((path) => [path, 'POST'] as const),
  ...(['/1.0/account', '/1.0/webhooks', '/1.0/webhooks/', '/1.0/webhooks/:id'] as const).map(
    (path) => [path, 'GET, HEAD'] as const,
  ),
]

export function createOptidash(parts: ApiParts): Hono<ApiEnv> {
  const { accounts, limits } = parts
  const app = new Hono<OptidashEnv>()

  app.post('/1.0/fetch', async (c) => {
    c.set('isBinary', saysBinary(c))
    return withQuota(parts, c, async (admission) => {
      const wanted = readRequest(objectOf(await textOf(c.env.incoming, limits.jsonBytes)))
      if (!wanted.source) throw new Failure('bad-body', 'The address of a picture is missing: url')
      return optimiseAndAnswer(parts, c, { ...admission, wanted, source: wanted.source })
    })
  })

  app.post('/1.0/upload', async (c) => {
    c.set('isBinary', saysBinary(c))
    return withQuota(parts, c, (admission) => answerUpload(parts, c, admission))
  })

  app.get('/1.0/account', async (c) => {
    const key = await authenticate(parts, c)
    return c.json(accountOf(key, await accounts.standing(key)))
  })

  addWebhooks(app, parts)
  refuseRest(app, parts)
  return app as unknown as Hono<ApiEnv>
}

function addWebhooks(app: Hono<OptidashEnv>, parts: ApiParts): void {
  const { records } = parts
  for (const path of ['/1.0/webhooks', '/1.0/webhooks/'])
    app.get(path, async (c) => {
      const { project } = await authenticate(parts, c)
      const webhooks = await listWebhooks(records, project, readQuery(c.req.query()))
      return c.json({ success: true, code: 200, webhooks })
    })

  app.get('/1.0/webhooks/:id', async (c) => {
    const { project } = await authenticate(parts, c)
    const webhook = await findWebhook(records, project, c.req.param('id'))
    if (!webhook) throw new Failure('not-found', 'There is no webhook of this id.')
    return c.json({ success: true, code: 200, webhook })
  })
}

/** Other methods, other paths, and every failure in Optidash's words. */
function refuseRest(app: Hono<OptidashEnv>, parts: ApiParts): void {
  for (const [path, allow] of methods)
    app.all(path, (c) => {
      c.set('allow', allow)
      throw new Failure('bad-method', `${c.req.method} is not answered here.`)
    })

  app.all('/1.0/*', () => {
    throw new Failure('not-found', 'There is nothing at this path.')
  })

  app.onError((error, c) => {
    const { status, message, ...failed } = errorOf(error)
    const spent = c.get('spent')
    const allow = c.get('allow')
    // RFC 9110 15.5.6: a 405 says which methods it would have been.
    const allowing = allow === undefined ? {} : { allow }
    const headers = { ...failed.headers, ...allowing, ...(spent && rateHeaders(spent, parts.now())) }
    const body = failureOf({ status, message }, parts.records.nextId(parts.now()))
    if (!c.get('isBinary')) return Response.json(body, { status, headers })
    return new Response(null, { status, headers: { ...headers, 'content-length': '0', ...metaOf(body) } })
  })
}

const saysBinary = (c: Context<OptidashEnv>): boolean =>
  /^(1|true)$/i.test(c.req.header('x-optidash-binary') ?? '')

/** Clients read the one, the documentation names the other, and one client needs both. */
function metaOf(answer: JsonObject): Record<string, string> {
  const text = headerOf(answer)
  return { 'x-optidash-meta': text, 'x-optidash-metadata': text }
}

/** The key as the user of Basic without a password, or as a bearer token. */
async function authenticate({ accounts, rateLimits }: ApiParts, c: Context<OptidashEnv>): Promise<KeyRecord> {
  const [, scheme = '', given = ''] =
    /^(basic|bearer) +(\S+)$/i.exec(c.req.header('authorization') ?? '') ?? []
  const isBasic = scheme.toLowerCase() === 'basic'
  const token = isBasic ? Buffer.from(given, 'base64').toString().replace(/:$/, '') : given
  const key = await accounts.byToken(token)
  await rateLimits.take(key, c.env)
  accounts.require(key, 'optimise')
  return key
}

async function withQuota(
  parts: ApiParts,
  c: Context<OptidashEnv>,
  work: (admission: Admission) => Promise<Response>,
): Promise<Response> {
  const { accounts } = parts
  const key = await authenticate(parts, c)
  try {
    const hold = await accounts.reserve(key)
    try {
      return await work({ key, hold })
    } finally {
      await hold.release()
    }
  } catch (thrown) {
    if (asFailure(thrown).kind === 'over-quota') c.set('spent', await accounts.standing(key))
    throw thrown
  }
}

async function answerUpload(
  parts: ApiParts,
  c: Context<OptidashEnv>,
  admission: Admission,
): Promise<Response> {
  const { limits } = parts
  const { incoming } = c.env
  const form = await parts.intake.form(
    { headers: incoming.headers, body: incoming },
    {
      ...{ maxBytes: limits.optimiseBytes, maxFieldBytes: limits.jsonBytes, onlyPictures: true },
      ...{ within: admission.hold.left, signal: untilLeft(c.env) },
    },
  )
  try {
    // Plugins leave out what would be empty.
    const wanted = readRequest(objectOf(form.field('data') ?? '{}'))
    const file = form.files.find(({ field }) => field === 'file') ?? form.files[0]
    if (!file) throw new Failure('bad-body', 'The picture is missing: file')
    return await optimiseAndAnswer(parts, c, { ...admission, wanted, source: { received: file.received } })
  } finally {
    await form.discard()
  }
}

interface OptidashCall extends Admission {
  readonly wanted: OptidashRequest
  readonly source: OptimiseSource
}

async function optimiseAndAnswer(
  parts: ApiParts,
  c: Context<OptidashEnv>,
  { key, hold, wanted, source }: OptidashCall,
): Promise<Response> {
  const { wish, webhook } = wanted
  // Both are needed: the header alone is what a client sends for all of its calls.
  const isBinary = c.get('isBinary') && wanted.isBinary
  c.set('isBinary', isBinary)
  const base = baseOf(c.env.incoming, parts.publicUrl)
  const call: Call = { key, hold, wishes: [wish], retention: 'api', base }
  if (webhook) {
    const { url, delayMs } = webhook
    const id = await parts.optimising.promise(call, source, { face: 'optidash', url, delayMs })
    return c.json({ success: true, code: 202, id }, 202)
  }
  const [made] = await parts.optimising.optimise(call, source, untilLeft(c.env))
  if (!made) throw new Failure('internal', 'Nothing was made.')
  return isBinary ? binary(made) : c.json(answerOf(made))
}

const binary = (made: OptimisedResult): Response =>
  new Response(new Uint8Array(made.body), {
    headers: {
      'content-type': made.figures.type,
      'content-length': String(made.body.length),
      'x-content-type-options': 'nosniff',
      ...metaOf(answerOf(made)),
    },
  })
