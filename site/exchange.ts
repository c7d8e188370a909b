// One request to a site's origin and its answer as it comes: streamed both ways, with backpressure, ended with its client.
import { Readable } from 'node:stream'
import type { Dispatcher } from 'undici'
import { Failure } from '../errors.ts'
import type { Lines } from './message-headers.ts'

export interface OriginRequest {
  /** Scheme, host and port. */
  readonly origin: string
  readonly method: string
  /** Path and query, as the client wrote them. */
  readonly path: string
  readonly lines: Lines
  readonly body?: Readable | undefined
  /** Aborted when the client has gone. */
  readonly signal: AbortSignal
  readonly giveBack?: ((chunk: Buffer) => void) | undefined
  /** Informational answers (RFC 9110 15.2), in the order of their coming. */
  readonly informed?: (status: number, lines: Lines) => void
}

export interface OriginAnswer {
  readonly status: number
  readonly statusText: string
  readonly lines: Lines
  /** Destroyed with an error when the origin breaks off: a short body never looks whole. */
  readonly body: Readable
  /** Takes a chunk of the body back that nobody will look at again: its bytes may be overwritten. */
  readonly giveBack?: ((chunk: Buffer) => void) | undefined
  /** Known at the body's end. */
  readonly trailers: () => Lines
}

/** Rejects with 'source-failed' or 'source-late' when there is no answer. */
export function exchange(dispatcher: Dispatcher, request: OriginRequest): Promise<OriginAnswer> {
  const { signal, giveBack } = request
  if (signal.aborted) return Promise.reject(abandoned())
  return new Promise((resolve, reject) => {
    let controller: Dispatcher.DispatchController | undefined
    let body: Readable | undefined
    let trailers: Lines = []
    const leave = (): void => controller?.abort(abandoned())
    signal.addEventListener('abort', leave)
    const isOver = (): void => signal.removeEventListener('abort', leave)

    const handler: Dispatcher.DispatchHandler = {
      onRequestStart(started) {
        controller = started
        if (signal.aborted) leave()
      },
      onResponseStart(started, status, _, statusText = '') {
        const lines = linesOf(started.rawHeaders)
        if (status < 200) return request.informed?.(status, lines)
        body = bodyOf(started)
        resolve({ status, statusText, lines, body, giveBack, trailers: () => trailers })
      },
      onResponseData(started, chunk) {
        if (body?.push(chunk) === false) started.pause()
      },
      onResponseEnd(started) {
        isOver()
        trailers = linesOf(started.rawTrailers)
        body?.push(null)
      },
      onResponseError(_, error) {
        isOver()
        if (body) body.destroy(error)
        else reject(failureOf(error))
      },
    }
    const { origin, path, method, lines, body: sent = null } = request
    dispatcher.dispatch(
      { origin, path, method: method as Dispatcher.HttpMethod, headers: [...lines], body: sent },
      handler,
    )
  })
}

function bodyOf(controller: Dispatcher.DispatchController): Readable {
  return new Readable({
    highWaterMark: 128 * 1024,
    read: () => controller.resume(),
    destroy(error, done) {
      // Nobody reads on: the origin's connection is freed.
      if (error || !this.readableEnded) controller.abort(error ?? abandoned())
      done(error)
    },
  })
}

/** Bytes of a header are Latin-1 to Node; they leave as they came. */
export const linesOf = (raw: unknown): string[] =>
  Array.isArray(raw)
    ? raw.map((each: Buffer | string) => (typeof each === 'string' ? each : each.toString('latin1')))
    : []

export function failureOf(error: Error): Failure {
  const failure = error instanceof Failure ? error : error.cause
  // The operator's doing, and nothing that a visitor could do anything about.
  if (failure instanceof Failure && failure.kind === 'forbidden-address')
    return new Failure('source-failed', 'The site could not be asked.', {
      cause: new Error(`${failure.message} Name it in allowAddresses of the site.`, { cause: failure }),
    })
  if (failure instanceof Failure) return failure
  const isLate = /TIMEOUT/.test((error as NodeJS.ErrnoException).code ?? '')
  return isLate
    ? new Failure('source-late', 'The site did not answer in time.', { cause: error })
    : new Failure('source-failed', 'The site could not be asked.', { cause: error })
}

const abandoned = (): Failure => new Failure('abandoned', 'Nobody waits for this answer any more.')
