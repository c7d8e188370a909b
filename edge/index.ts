// The edge: the client's journey, in the order it happens.
import { randomUUID } from 'node:crypto'
import { Readable } from 'node:stream'
import type { HttpBindings } from '@hono/node-server'
import { type Context, Hono, type MiddlewareHandler } from 'hono'
import { type CacheObserver, createCache } from '../cache/index.ts'
import type { MemoryStore } from '../cache/memory.ts'
import { createMeter } from '../cache/meter.ts'
import { Failure } from '../errors.ts'
import { answerTo } from '../http/conditional.ts'
import { readingMethods } from '../http/cors.ts'
import { type Log, levelOf, withoutSignature } from '../log.ts'
import { failureHeader, type ProblemFacts, problemAnswer, problemIn } from '../problem.ts'
import { type Epochs, noEpochs } from '../purging/index.ts'
import { type Answer, type Body, isHeld, type Tier } from '../tier.ts'
import { type EdgeSource, type ExactRequest, makeExact } from './exact-request.ts'
import { type AskOptions, withFallback } from './fallback.ts'
import { type TellFront, tellNginx, tellNobody } from './front-headers.ts'
import { type ClientFields, clientHeaders, preflightHeaders } from './headers.ts'
import { createHits, type Hits } from './hits.ts'
import type { ReadAddress } from './languages/index.ts'
import type { ClientHeaders } from './negotiate.ts'

export type { EdgeSource } from './exact-request.ts'
export { createLanguages, type MountedLanguage, type ReadAddress, type WebSource } from './languages/index.ts'
export { createUploadDelivery } from './languages/uploadcare/delivery.ts'

export interface EdgeOptions {
  readonly sources: ReadonlyMap<string, EdgeSource>
  /** The languages that are spoken; absent, the native one and Uploadcare's. */
  readonly readAddress?: ReadAddress
  /** Shown in place of a picture that cannot be made, where its source names none. */
  readonly fallback?: string
  readonly memory: MemoryStore
  readonly upstream: Tier
  /** Longest wait for the tier below. */
  readonly flightMs: number
  readonly log: Log
  readonly observe?: CacheObserver
  readonly epochs?: Epochs
  /** An nginx by `halftone nginx` asks: it is told how long it may keep an answer. */
  readonly isBehindNginx?: boolean
  readonly now?: () => number
}

export interface Edge {
  /** Answers pictures; mounted behind whatever else the server offers. */
  readonly app: Hono<EdgeEnv>
  /** The fast path: true when it has answered. */
  readonly hit: Hits['answer']
  /** The same for the plainest requests, which need no server to read them. */
  readonly plain: Hits['plain']
  /** What the fast path has answered so far. */
  readonly hits: Hits['count']
  idle(): Promise<void>
}

interface EdgeEnv {
  Bindings: HttpBindings
  Variables: { requestId: string; exact: ExactRequest; answer: Answer; failed: Answer }
}

const name = 'halftone-edge'

export function createEdge(options: EdgeOptions): Edge {
  const { memory, upstream, flightMs, now = Date.now, observe, epochs = noEpochs } = options
  const meter = createMeter()
  const cached = { name, store: memory, upstream, flightMs, now, epochs, meter }
  const cache = createCache({ ...cached, ...(observe ? { observe } : {}) })
  const tellFront = options.isBehindNginx ? tellNginx : tellNobody
  const hits = createHits({ memory, name, now, epochs, tellFront, meter })

  const app = new Hono<EdgeEnv>()
  app.use(identified(), logged(options.log, now))
  app.use(readsOnly())
  app.use(exactly(options, now)) // an exact request from here on
  app.use(remembered(hits))
  app.all('*', pictured(withFallback(cache.answer, options), tellFront))
  app.onError((error, c) => send(c, problemAnswer(error)))
  return { app, hit: hits.answer, plain: hits.plain, hits: hits.count, idle: cache.idle }
}

/** Names the request, so that the lines of all tiers about it can be found. A client's own id is kept when it is sane. */
function identified(): MiddlewareHandler<EdgeEnv> {
  return async function identified(c, next) {
    const given = c.req.header('request-id')
    c.set('requestId', given && /^[\w.-]{1,64}$/.test(given) ? given : randomUUID())
    await next()
    c.res.headers.set('request-id', c.get('requestId'))
  }
}

/** One line a request; hits of the fast path are counted, not logged. */
function logged(log: Log, now: () => number): MiddlewareHandler<EdgeEnv> {
  return async function logged(c, next) {
    const startedAt = now()
    await next()
    const { status, headers } = c.res
    const line = {
      requestId: c.get('requestId'),
      method: c.req.method,
      url: withoutSignature(targetOf(c)),
      status,
      ms: now() - startedAt,
      bytes: Number(headers.get('content-length') ?? 0),
      cache: headers.get('cache-status') ?? undefined,
      ...toldOf(c),
    }
    const message = line.failure === undefined ? 'request' : 'request failed'
    log[levelOf(status, line.failure)](isOurs(c.error) ? { ...line, err: c.error } : line, message)
  }
}

const isOurs = (error: Error | undefined): boolean => error !== undefined && !(error instanceof Failure)

/** Why it failed, whether here or further down. */
function toldOf(c: Context<EdgeEnv>): Partial<ProblemFacts> {
  const failed = c.error ? problemAnswer(c.error) : c.get('failed')
  return (failed && problemIn(failed)) ?? {}
}

function readsOnly(): MiddlewareHandler<EdgeEnv> {
  return async function readsOnly(c, next) {
    if (c.req.method === 'OPTIONS') return new Response(null, { status: 204, headers: preflightHeaders })
    if (c.req.method === 'GET' || c.req.method === 'HEAD') return next()
    const answer = await send(
      c,
      problemAnswer(new Failure('bad-method', `${c.req.method} is not answered here.`)),
    )
    answer.headers.set('allow', readingMethods)
    return answer
  }
}

function exactly({ sources, readAddress }: EdgeOptions, now: () => number): MiddlewareHandler<EdgeEnv> {
  return async function exactly(c, next) {
    const asked = { target: targetOf(c), headers: headersOf(c), now: now() }
    c.set('exact', makeExact(asked, sources, readAddress))
    await next()
  }
}

/** Tells the fast path which picture this URL is. A link that expires is asked about every time. */
function remembered(hits: Hits): MiddlewareHandler<EdgeEnv> {
  return async function remembered(c, next) {
    await next()
    const { path, vary, saving, expires, reshape } = c.get('exact')
    // What is kept has the native shape.
    const answer = c.get('answer')
    if (answer?.status !== 200 || !isHeld(answer) || expires !== undefined || reshape) return
    if (answer.headers[failureHeader] === undefined)
      hits.remember(targetOf(c), headersOf(c), { key: path, vary, saving })
  }
}

function pictured(
  answerFor: (exact: ExactRequest, ask: AskOptions) => Promise<Answer>,
  tellFront: TellFront,
) {
  return async function pictured(c: Context<EdgeEnv>): Promise<Response> {
    const exact = c.get('exact')
    const answer = await answerFor(exact, {
      requestId: c.get('requestId'),
      traceparent: traceOf(c),
      signal: c.req.raw.signal,
      failed: (failed) => c.set('failed', failed),
    })
    c.set('answer', answer)
    const { vary, saving, expires, reshape = (whole) => whole } = exact
    // A problem, or the picture in its place, is not the file that was asked for.
    const told = { vary, ...(answer.status < 400 && { saving }) }
    return send(c, untilExpiry(reshape(answer), expires), told, tellFront)
  }
}

/** Neither a browser nor a cache before us may keep a picture past the moment its link is gone. */
function untilExpiry(answer: Answer, expires: number | undefined): Answer {
  if (expires === undefined || answer.status >= 400) return answer
  const { 'cdn-cache-control': _shared, ...headers } = answer.headers
  return { ...answer, headers: { ...headers, 'cache-control': 'private, no-cache' } }
}

/** The answer as this client gets it: whole, 304, a range, or its headers alone. */
async function send(
  c: Context<EdgeEnv>,
  answer: Answer,
  told: ClientFields = { vary: '' },
  tellFront: TellFront = tellNobody,
): Promise<Response> {
  const whole = { ...answer, headers: tellFront(clientHeaders(answer.headers, told), answer.headers) }
  const { status, headers, body } = answerTo(whole, headersOf(c) as Record<string, string>)
  const hasBody = c.req.method !== 'HEAD' && status !== 304
  return new Response(hasBody ? await sendable(body, c.req.raw.signal) : null, {
    status,
    headers: { ...headers, ...(status === 304 ? {} : { 'content-length': String(body.length) }) },
  })
}

/** The view, not the buffer behind it, for a small body may share a pool with others; or the stream of a file. */
async function sendable(body: Body, signal: AbortSignal): Promise<Uint8Array<ArrayBuffer> | ReadableStream> {
  if (Buffer.isBuffer(body))
    return new Uint8Array(body.buffer as ArrayBuffer, body.byteOffset, body.byteLength)
  const stream = await body.open({ start: 0, end: body.length - 1 }, signal)
  return Readable.toWeb(stream) as ReadableStream
}

/** A client's own, as it came, where it is one: its trace goes on. */
function traceOf(c: Context<EdgeEnv>): string | undefined {
  const { traceparent } = c.env.incoming.headers
  return typeof traceparent === 'string' && traceShape.test(traceparent) ? traceparent : undefined
}

const traceShape = /^[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$/

const targetOf = (c: Context<EdgeEnv>): string => c.env.incoming.url ?? '/'
const headersOf = (c: Context<EdgeEnv>): ClientHeaders => c.env.incoming.headers
