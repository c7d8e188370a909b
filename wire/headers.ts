// The headers that cross from one tier to the next, and those that belong to a single connection.
import type { Headers } from '../tier.ts'

/** All that an ask carries beside its path. A stranger's other headers end at the edge. */
const crossing = [
  'cache-control',
  'if-none-match',
  'if-modified-since',
  'if-range',
  'priority',
  'range',
  'request-id',
] as const

/** In an ask: a body that is a file need not be sent, its length is enough. It is read in parts when somebody reads it. */
export const deferHeader = 'halftone-defer'

/** In an answer to such an ask: the bytes of the file that was not sent. */
export const deferredHeader = 'halftone-deferred'

/** Proves to a tier that a neighbour is asking. */
export const secretHeader = 'halftone-secret'

// RFC 9110 7.6.1, with the older names that some proxies still send.
const hopByHop = new Set([
  'connection',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
])

type IncomingHeaders = Readonly<Record<string, string | string[] | undefined>>

/** The headers of an ask, as they arrived. */
export function crossingHeaders(received: IncomingHeaders): Headers {
  const kept: Record<string, string> = {}
  for (const name of crossing) {
    const value = received[name]
    if (value !== undefined) kept[name] = oneLine(value)
  }
  return kept
}

/** A copy of an answer's headers that nobody else holds, without the headers of its connection. */
export function answerHeaders(received: IncomingHeaders): Record<string, string> {
  const named = connectionNames(received.connection)
  const kept: Record<string, string> = {}
  for (const name in received) {
    const value = received[name]
    if (value !== undefined && !hopByHop.has(name) && !named?.includes(name)) kept[name] = oneLine(value)
  }
  return kept
}

// Nearly every answer says `keep-alive` or nothing; only an odd neighbour pays for the split.
function connectionNames(connection: string | string[] | undefined): string[] | undefined {
  if (connection === undefined || connection === 'keep-alive' || connection === 'close') return undefined
  return oneLine(connection)
    .split(',')
    .map((name) => name.trim().toLowerCase())
}

// Lines of one field may be joined by a comma (RFC 9110 5.3).
const oneLine = (value: string | string[]): string => (typeof value === 'string' ? value : value.join(', '))
