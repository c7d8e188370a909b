// The one way from storage to a network: undici, with a dispatcher that may be the guard, and bounds on waiting.
import type { Readable } from 'node:stream'
import { Agent, type Dispatcher, request } from 'undici'

export interface HttpOptions {
  /** The guarded way out, for targets a customer names. Whoever hands it in also closes it. */
  readonly dispatcher?: Dispatcher | undefined
  /** How long a server may be silent. */
  readonly silenceMs?: number | undefined
}

export interface HttpRequest {
  readonly method: string
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly body?: Readable | Uint8Array | string | undefined
  readonly signal?: AbortSignal | undefined
}

export interface HttpResponse {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  /** Must be read to its end or destroyed. */
  readonly body: Readable
}

export interface HttpClient {
  send(sent: HttpRequest): Promise<HttpResponse>
  close(): Promise<void>
}

/** What undici writes itself or does not speak; none of them is part of a signature. */
const notSent = new Set(['expect', 'connection', 'transfer-encoding', 'keep-alive'])

export function createHttpClient({ dispatcher, silenceMs = 30_000 }: HttpOptions): HttpClient {
  const own = dispatcher ? undefined : new Agent({ connect: { timeout: 5_000 }, connections: 64 })
  const through = dispatcher ?? own
  return {
    async send({ method, url, headers, body, signal }) {
      const answer = await request(url, {
        ...(through && { dispatcher: through }),
        method: method as Dispatcher.HttpMethod,
        headers: Object.fromEntries(
          Object.entries(headers).filter(([name]) => !notSent.has(name.toLowerCase())),
        ),
        body: body ?? null,
        ...(signal && { signal }),
        headersTimeout: silenceMs,
        bodyTimeout: silenceMs,
      })
      // undici reports an error if a reader destroys the body early, and an unheard error would end the process. A
      // reader that reads to the end still gets its errors.
      answer.body.on('error', () => {})
      return { status: answer.statusCode, headers: singleValues(answer.headers), body: answer.body }
    },
    async close() {
      await own?.close()
    },
  }
}

const singleValues = (
  headers: Readonly<Record<string, string | string[] | undefined>>,
): Record<string, string> =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)]))
