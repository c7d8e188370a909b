// Requests to one Swift account: with its token, again when that was refused, and again later when the server is ill.
import type { Readable } from 'node:stream'
import { setTimeout as pause } from 'node:timers/promises'
import type { HttpClient, HttpRequest, HttpResponse } from '../http-client.ts'
import { percentEncode, percentEncodeKey } from '../percent-encoding.ts'
import { dismiss, isAbort } from '../verified-body.ts'
import type { Session, Sessions } from './session.ts'

export interface SwiftCall {
  readonly method: 'GET' | 'HEAD' | 'PUT' | 'POST' | 'DELETE'
  readonly container: string
  readonly key?: string
  readonly query?: Readonly<Record<string, string>>
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: Readable | Uint8Array | string
  readonly signal?: AbortSignal | undefined
}

/** Gives what answered with success or one of `also`; its body must be read or destroyed. Anything else is thrown. */
export type SwiftRequest = (call: SwiftCall, ...also: readonly number[]) => Promise<HttpResponse>

/** All calls mean the same when they come twice; only a stream cannot be sent twice. */
const tries = 4
const firstPauseMs = 100

export function createSwiftRequest(http: HttpClient, sessions: Sessions): SwiftRequest {
  async function once(call: SwiftCall, session: Session): Promise<HttpResponse> {
    const { method, headers = {}, body, signal } = call
    const sent: HttpRequest = {
      method,
      url: addressOf(call, session),
      headers: { ...headers, 'x-auth-token': session.token },
      body,
      signal,
    }
    const got = await http.send(sent)
    if (got.status === 401) sessions.forget(session)
    return got
  }

  return async (call, ...also) => {
    const isRepeatable =
      call.body === undefined || typeof call.body === 'string' || call.body instanceof Uint8Array
    for (let attempt = 1; ; attempt++) {
      const isLast = !isRepeatable || attempt === tries
      try {
        const got = await once(call, await sessions.current())
        if (got.status < 300 || also.includes(got.status)) return got
        dismiss(got.body)
        const fault = Object.assign(new Error(`${call.method} answered ${got.status}`), {
          status: got.status,
        })
        if (isLast || !mayPass(got.status)) throw fault
      } catch (thrown) {
        if (isLast || isAbort(thrown) || isRefusal(thrown)) throw thrown
      }
      // Jitter, so that requests that failed together are not repeated together.
      const waitMs = firstPauseMs * 2 ** (attempt - 1) * (0.5 + Math.random())
      await pause(waitMs, undefined, call.signal && { signal: call.signal })
    }
  }
}

const mayPass = (status: number): boolean =>
  status >= 500 || status === 401 || status === 408 || status === 429

/** An answer that will be the same next time, or the guard's refusal. */
function isRefusal(thrown: unknown): boolean {
  const { status, kind } = thrown as { status?: number; kind?: string }
  return kind !== undefined || (status !== undefined && !mayPass(status))
}

function addressOf({ container, key, query = {} }: SwiftCall, { storageUrl }: Session): string {
  const words = Object.entries(query).map(([name, value]) => `${percentEncode(name)}=${percentEncode(value)}`)
  const path = key === undefined ? '' : `/${percentEncodeKey(key)}`
  return `${storageUrl}/${percentEncode(container)}${path}${words.length > 0 ? `?${words.join('&')}` : ''}`
}
