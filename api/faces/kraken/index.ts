// Kraken.io's API over the optimise service: programs written for it keep working when they are pointed here.
import { type Context, Hono } from 'hono'
import { Failure } from '../../../errors.ts'
import type { JsonObject, KeyRecord } from '../../../records/index.ts'
import { safeName } from '../../intake/file-name.ts'
import { withinQuota } from '../../services/accounts/form-quota.ts'
import { noHold } from '../../services/accounts/index.ts'
import type { Call, OptimiseSource } from '../../services/optimising/optimising.ts'
import type { Admission, ApiEnv, ApiParts } from '../parts.ts'
import { baseOf, textOf, untilLeft } from '../request.ts'
import { answerOf, contextOf, shortId, statusOf } from './answers.ts'
import { errorOf } from './errors.ts'
import { credentialsOf, type KrakenRequest, objectOf, readRequest } from './request.ts'
import { type SandboxPicture, sandboxAnswer, unseenPicture } from './sandbox.ts'

export { krakenWebhook } from './answers.ts'

type KrakenBody = Readonly<Record<string, unknown>>

export function createKraken(parts: ApiParts): Hono<ApiEnv> {
  const { accounts, limits } = parts
  const app = new Hono<ApiEnv>()
  const jsonOf = async (c: Context<ApiEnv>) => objectOf(await textOf(c.env.incoming, limits.jsonBytes))

  app.post('/v1/url', async (c) => {
    const given = await jsonOf(c)
    const body = await withQuota(parts, { given, call: c.env }, async (admission) => {
      const wanted = readRequest(given)
      return optimiseAndAnswer(parts, c, { ...admission, wanted, picture: { url: addressOf(wanted) } })
    })
    return c.json(body)
  })

  app.post('/v1/upload', async (c) => {
    const signal = untilLeft(c.env)
    const { incoming } = c.env
    const form = await parts.intake.form(
      { headers: incoming.headers, body: incoming },
      {
        ...{ maxBytes: limits.optimiseBytes, maxFieldBytes: limits.jsonBytes, onlyPictures: true, signal },
        ...withinQuota(accounts, (name, value) =>
          name === 'data' ? keyIn(parts, objectOf(value)) : undefined,
        ),
      },
    )
    try {
      const given = objectOf(form.field('data'))
      const body = await withQuota(parts, { given, call: c.env }, async (admission) => {
        const wanted = readRequest(given)
        const [file] = form.files
        if (!file) throw new Failure('bad-option', 'You need to upload a file')
        return optimiseAndAnswer(parts, c, { ...admission, wanted, picture: { received: file.received } })
      })
      return c.json(body)
    } finally {
      await form.discard()
    }
  })

  app.post('/user_status', async (c) => {
    const key = await authenticate(parts, await jsonOf(c))
    await parts.rateLimits.take(key, c.env)
    return c.json(statusOf(await accounts.standing(key)))
  })

  for (const path of ['/v1/url', '/v1/upload', '/user_status'])
    app.all(path, () => {
      throw new Failure('bad-method', 'Only POST is answered here')
    })

  app.onError((error) => {
    const { status, headers, body } = errorOf(error, limits.optimiseBytes)
    return Response.json(body, { status, headers })
  })
  return app
}

async function authenticate({ accounts }: ApiParts, given: KrakenBody): Promise<KeyRecord> {
  const { id, secret } = credentialsOf(given)
  const key = await accounts.bySecret(id, secret)
  accounts.require(key, 'optimise')
  return key
}

/** Of a form that has not come to its end: wrong ones are refused when it has. */
async function keyIn(parts: ApiParts, given: KrakenBody): Promise<KeyRecord | undefined> {
  return isSandboxed(given) ? undefined : authenticate(parts, given)
}

const isSandboxed = ({ dev }: KrakenBody): boolean => dev === true || dev === 'true'

interface KrakenAsking {
  readonly given: KrakenBody
  readonly call: ApiEnv['Bindings']
}

/** A sandbox counts nothing, so it also works when nothing is left. */
async function withQuota<T>(
  parts: ApiParts,
  { given, call }: KrakenAsking,
  work: (admission: Admission) => Promise<T>,
): Promise<T> {
  const key = await authenticate(parts, given)
  await parts.rateLimits.take(key, call)
  const hold = isSandboxed(given) ? noHold : await parts.accounts.reserve(key)
  try {
    return await work({ key, hold })
  } finally {
    await hold.release()
  }
}

function addressOf({ url }: KrakenRequest): string {
  if (url !== undefined && URL.canParse(url) && /^https?:/i.test(url)) return url
  throw new Failure('bad-option', 'url must be an http or https address')
}

interface KrakenCall extends Admission {
  readonly wanted: KrakenRequest
  readonly picture: OptimiseSource
}

/** The answer in full, or an id when it goes to a callback. Both asked for: the callback has it. */
async function optimiseAndAnswer(parts: ApiParts, c: Context<ApiEnv>, work: KrakenCall): Promise<JsonObject> {
  const { key, hold, wanted, picture } = work
  const { isSet, callbackUrl, isSandbox } = wanted
  const shape = { isSet, at: parts.now() }
  const base = baseOf(c.env.incoming, parts.publicUrl)
  if (isSandbox) {
    const answer = sandboxAnswer(sandboxPictureOf(picture), { ...shape, base, wishes: wanted.wishes })
    return callbackUrl === undefined ? answer : callBack(parts, { key, callbackUrl, answer })
  }
  const call: Call = { key, hold, wishes: keepNames(wanted, picture), retention: 'api', base }
  if (callbackUrl === undefined)
    return answerOf(await parts.optimising.optimise(call, picture, untilLeft(c.env)), shape)
  const promised = { face: 'kraken', url: callbackUrl, context: contextOf(shape) } as const
  return { id: shortId(await parts.optimising.promise(call, picture, promised)) }
}

const sandboxPictureOf = (picture: OptimiseSource): SandboxPicture =>
  'received' in picture ? picture.received : unseenPicture(picture.url)

/** `convert.keep_extension`: called as the source is, whatever it has become. */
function keepNames({ wishes, keepsExtension }: KrakenRequest, picture: OptimiseSource): Call['wishes'] {
  if (!keepsExtension) return wishes
  const { name } = sandboxPictureOf(picture)
  return wishes.map((wish) => ({ ...wish, name: safeName(name) }))
}

interface Callback {
  readonly key: KeyRecord
  readonly callbackUrl: string
  readonly answer: JsonObject
}

/** The sandbox's callback is as real as any. */
async function callBack({ records, hooks, now }: ApiParts, { key, callbackUrl, answer }: Callback) {
  const id = records.nextId(now())
  const body = { id: shortId(id), ...answer }
  const { project } = key
  await records.transaction((t) =>
    hooks.promise(t, { id, project, event: 'kraken.sandbox', url: callbackUrl, body }),
  )
  hooks.poke()
  return { id: shortId(id) }
}
