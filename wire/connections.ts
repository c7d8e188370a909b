// The connections to one node: an ask goes out, a whole answer comes back, or a Failure is thrown that says why not.
import { type Dispatcher, Pool } from 'undici'
import { Failure } from '../errors.ts'
import type { Answer, Ask } from '../tier.ts'
import { answerHeaders, deferHeader, deferredHeader, secretHeader, sentHeaders } from './headers.ts'
import { type BodyReceiver, createBodyReceiver } from './receive-body.ts'
import { type RemoteFile, remoteFile } from './remote-file.ts'

export interface ConnectionOptions {
  readonly secret?: string | undefined
  /** How long a new connection may take. */
  readonly connectMs: number
  /** How long an answer may take in all: waiting for a free connection, connecting, the last byte of the body. */
  readonly answerMs: number
  /** How many connections may be open at once; more asks wait. */
  readonly connections: number
  readonly maxBodyBytes?: number
}

export interface Connections {
  /** Rejects with a Failure only. */
  exchange(ask: Ask): Promise<Answer>
  /** Waits for the answers that are under way. */
  close(): Promise<void>
}

export function createConnections(url: string, options: ConnectionOptions): Connections {
  const { secret, connectMs, answerMs, connections, maxBodyBytes = 256 * 1024 * 1024 } = options
  const { origin } = new URL(url)
  const settings: Pool.Options = {
    // An answer may take as long as an AVIF; nothing may wait behind it on the same connection.
    pipelining: 1,
    // The server says how long it keeps a connection; a minute is for a server that does not say it.
    keepAliveTimeout: 60_000,
    keepAliveMaxTimeout: 120_000,
    // One timer per ask covers these; undici's own tick once a second.
    headersTimeout: 0,
    bodyTimeout: 0,
    connect: { timeout: connectMs },
  }
  const pool = new Pool(origin, { ...settings, connections })
  const files = new Pool(origin, { ...settings, ...fileLimits })
  return {
    exchange: (ask) => exchange(pool, ask, { secret, answerMs, maxBodyBytes, files }),
    async close() {
      await Promise.all([pool.close(), files.destroy()])
    },
  }
}

/**
 * Bounds of the connections that files are read over: how many at once, and how long each may bring nothing to a
 * waiting reader.
 */
const fileLimits = { connections: 512, headersTimeout: 30_000, bodyTimeout: 30_000 }

interface ExchangeOptions {
  readonly files: Pool
  readonly secret: string | undefined
  readonly answerMs: number
  readonly maxBodyBytes: number
}

function exchange(pool: Pool, ask: Ask, options: ExchangeOptions): Promise<Answer> {
  const { signal } = ask
  if (signal.aborted) return Promise.reject(abandoned())
  return new Promise((resolve, reject) => {
    const stop = (failure: Failure) => {
      finish()
      reject(failure)
      reception.abort(failure)
    }
    // A flight that ends at its deadline says so; everybody else has just left.
    const leave = () => stop(signal.reason instanceof Failure ? signal.reason : abandoned())
    const timer = setTimeout(() => stop(late()), options.answerMs)
    const finish = () => {
      clearTimeout(timer)
      signal.removeEventListener('abort', leave)
    }
    const headers = askHeaders(ask, options.secret)
    const { path, method = 'GET' } = ask
    const reception = receive({ method, maxBytes: options.maxBodyBytes }, (outcome) => {
      finish()
      if (outcome instanceof Failure) reject(outcome)
      else resolve(attachFile(outcome, options.files, { path, headers }))
    })
    signal.addEventListener('abort', leave)
    pool.dispatch({ path, method, headers: { ...headers, [deferHeader]: '?1' } }, reception.handler)
  })
}

/** The answer with its file, where only the file's length was sent. */
function attachFile(answer: Answer, files: Pool, ask: Pick<RemoteFile, 'path' | 'headers'>): Answer {
  const { [deferredHeader]: deferred, ...headers } = answer.headers
  if (deferred === undefined) return answer
  const length = Number(deferred)
  const body = remoteFile(files, { ...ask, etag: headers.etag, length })
  return { ...answer, headers: { ...headers, 'content-length': deferred }, body }
}

function askHeaders(ask: Ask, secret: string | undefined): Record<string, string> {
  const headers = sentHeaders(ask)
  return secret === undefined ? headers : { ...headers, [secretHeader]: secret }
}

interface Reception {
  readonly handler: Dispatcher.DispatchHandler
  abort(failure: Failure): void
}

interface Expected {
  readonly method: 'GET' | 'HEAD'
  readonly maxBytes: number
}

function receive({ method, maxBytes }: Expected, settle: (outcome: Answer | Failure) => void): Reception {
  let controller: Dispatcher.DispatchController | undefined
  let stopped: Failure | undefined
  let body: BodyReceiver | undefined
  let head: Head = { status: 0, headers: {} }
  const handler: Dispatcher.DispatchHandler = {
    onRequestStart(started) {
      controller = started
      // The ask was given up while it waited for a free connection.
      if (stopped !== undefined) started.abort(stopped)
    },
    onResponseStart(_, statusCode, received) {
      // Informational answers (RFC 9110 15.2) come before the real one.
      if (statusCode < 200) return
      head = { status: statusCode, ...answerHeaders(received) }
      body = createBodyReceiver(announcedLength(head, method), maxBytes)
    },
    onResponseData: (_, chunk) => body?.add(chunk),
    onResponseEnd() {
      settle(wholeAnswer(head, body))
    },
    onResponseError: (_, error) => settle(connectionFailure(error)),
  }
  return {
    handler,
    abort(failure) {
      stopped = failure
      controller?.abort(failure)
    },
  }
}

type Head = Omit<Answer, 'body'>

function wholeAnswer(head: Head, body: BodyReceiver | undefined): Answer | Failure {
  try {
    return body === undefined ? broken(undefined) : { ...head, body: body.whole() }
  } catch (error) {
    return connectionFailure(error)
  }
}

// The length in a 304, or in the answer to HEAD, is that of the body it stands for (RFC 9110 8.6).
function announcedLength({ status, headers }: Head, method: Expected['method']): number | undefined {
  if (status === 204 || status === 304 || method === 'HEAD') return 0
  const text = headers['content-length']
  return text === undefined ? undefined : Number(text)
}

const abandoned = () => new Failure('abandoned', 'Nobody waits for this picture any more.')
const late = (cause?: unknown) =>
  new Failure('upstream-late', 'The next tier did not answer in time.', { cause })
const broken = (cause: unknown) =>
  new Failure('upstream-failed', 'The next tier could not be reached.', { cause })

/** Whatever undici or the system throws, as a Failure. */
export function connectionFailure(error: unknown): Failure {
  if (error instanceof Failure) return error
  return isConnectTimeout(error) ? late(error) : broken(error)
}

/** The node itself could not be reached or went away, so that another node may do better with the same ask. */
export function isUnreachable({ kind, details }: Failure): boolean {
  return kind === 'upstream-failed' || kind === 'tier-refused' || isConnectTimeout(details.cause)
}

function isConnectTimeout(error: unknown): boolean {
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  return code === 'UND_ERR_CONNECT_TIMEOUT' || code === 'ETIMEDOUT'
}
