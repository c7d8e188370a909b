// A picture of a site as its server has it now: for a tier in another process, and for one that made it long ago.
import type { Dispatcher } from 'undici'
import { passingBody } from '../cache/body.ts'
import { headersOf, lengthIn } from '../cache/entry.ts'
import { wholeOf } from '../cache/index.ts'
import { exchange } from '../exchange.ts'
import { endToEnd, viaLine } from '../message-headers.ts'
import { isTouchable } from './touchable.ts'

export interface SiteServer {
  readonly dispatcher: Dispatcher
  readonly origin: string
  readonly originHost?: string | undefined
  readonly maxBytes: number
}

/** `url` is the visitor's. Undefined where there is no picture that may be touched. Rejects as `exchange` does. */
export async function fetchOriginal(
  url: string,
  { dispatcher, origin, originHost, maxBytes }: SiteServer,
  signal: AbortSignal,
): Promise<Buffer | undefined> {
  const [, scheme = 'https', host = '', path = '/'] = /^(https?):\/\/([^/]+)(\/.*)?$/s.exec(url) ?? []
  const answer = await exchange(dispatcher, {
    ...{ origin, method: 'GET', path, signal },
    lines: [
      ...['Host', originHost ?? host, 'Accept', 'image/*,*/*;q=0.8'],
      ...['X-Forwarded-Host', host, 'X-Forwarded-Proto', scheme],
      ...viaLine([], '1.1'),
    ],
  })
  const head = { status: answer.status, headers: headersOf(endToEnd(answer.lines)) }
  const length = lengthIn(head.headers, head.status)
  if (isTouchable(head, {})) return wholeOf(passingBody(answer, length), maxBytes)
  answer.body.on('error', () => {}).destroy()
  return undefined
}
