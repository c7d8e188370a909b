// The headers that cross from one tier to the next, and those that belong to a single connection.
import { connectionFields } from '../http/hop-by-hop.ts'
import type { Answer, Ask, Headers } from '../tier.ts'

/** All that an ask for a picture carries beside its path. A stranger's other headers end at the edge. */
const crossing = [
  'cache-control',
  'if-none-match',
  'if-modified-since',
  'if-range',
  'meter',
  'priority',
  'range',
  'request-id',
  'traceparent',
] as const

/** In an ask: a body that is a file need not be sent, its length is enough. It is read in parts when somebody reads it. */
export const deferHeader = 'halftone-defer'

/** In an answer to such an ask: the bytes of the file that was not sent. */
export const deferredHeader = 'halftone-deferred'

/** Proves to a tier that a neighbour is asking. */
export const secretHeader = 'halftone-secret'

/** In an ask: the site that is asked. `Host` is the neighbour's own. */
export const hostHeader = 'halftone-host'

/** Said by one tier to the next: not for the server of a site. */
const betweenTiers = new Set(['host', deferHeader, secretHeader, hostHeader])

type IncomingHeaders = Readonly<Record<string, string | string[] | undefined>>

/** The headers of an ask on its way: a few for a picture, all but its connection's for a site. */
export function sentHeaders({ host, headers }: Pick<Ask, 'host' | 'headers'>): Record<string, string> {
  if (host === undefined) return crossingHeaders(headers)
  return { ...withoutNames(endToEnd(headers), betweenTiers), [hostHeader]: host }
}

/** Whose site is asked and with which headers, as they arrived. */
export function receivedHeaders(received: IncomingHeaders): Pick<Ask, 'host' | 'headers'> {
  const host = received[hostHeader]
  if (host === undefined) return { headers: crossingHeaders(received) }
  return { host: oneLine(host), headers: withoutNames(endToEnd(received), betweenTiers) }
}

function crossingHeaders(received: IncomingHeaders): Record<string, string> {
  const kept: Record<string, string> = {}
  for (const name of crossing) {
    const value = received[name]
    if (value !== undefined) kept[name] = oneLine(value)
  }
  return kept
}

/** An answer's headers as they arrived, in a copy that nobody else holds. */
export function answerHeaders(received: IncomingHeaders): Pick<Answer, 'headers' | 'setCookie'> {
  const headers = endToEnd(received)
  const cookies = received['set-cookie']
  if (cookies === undefined) return { headers }
  delete headers['set-cookie']
  return { headers, setCookie: typeof cookies === 'string' ? [cookies] : cookies }
}

/** A copy without the headers of the connection. */
function endToEnd(received: IncomingHeaders): Record<string, string> {
  const { connection } = received
  const dropped = connectionFields(connection === undefined ? undefined : oneLine(connection))
  const kept: Record<string, string> = {}
  for (const name in received) {
    const value = received[name]
    if (value !== undefined && !dropped.has(name)) kept[name] = oneLine(value)
  }
  return kept
}

const withoutNames = (headers: Headers, names: ReadonlySet<string>): Record<string, string> =>
  Object.fromEntries(Object.entries(headers).filter(([name]) => !names.has(name)))

// Lines of one field may be joined by a comma (RFC 9110 5.3).
const oneLine = (value: string | string[]): string => (typeof value === 'string' ? value : value.join(', '))
