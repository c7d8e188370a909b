// What a request that changes something makes out of date (RFC 9111 4.4). Pure.
import type { Answer, Headers } from '../tier.ts'

/** Methods that only read (RFC 9110 9.2.1). */
const safe = new Set(['GET', 'HEAD', 'OPTIONS', 'TRACE'])

export const isSafe = (method: string): boolean => safe.has(method)

/** A request that was answered. */
export interface Exchange {
  readonly method: string
  readonly url: URL
  readonly answer: Pick<Answer, 'status' | 'headers'>
}

/**
 * The addresses whose stored answers may not be used again: the one that was asked, and those of the same origin that the
 * answer names in Location and Content-Location. None after a safe method or an error, which changed nothing. Hosts of
 * others are left alone, so that one site cannot empty the cache of another.
 */
export function invalidated({ method, url, answer: { status, headers } }: Exchange): readonly URL[] {
  if (isSafe(method) || status < 200 || status >= 400) return []
  const named = ['location', 'content-location'].flatMap((name) => addressIn(headers, name, url))
  const all = [url, ...named].map(withoutFragment)
  return [...new Map(all.map((each) => [each.href, each])).values()]
}

function addressIn(headers: Headers, name: string, base: URL): readonly URL[] {
  const value = headers[name]
  const address = value === undefined ? null : URL.parse(value, base.href)
  return address !== null && address.origin === base.origin ? [address] : []
}

function withoutFragment(url: URL): URL {
  const whole = new URL(url)
  whole.hash = ''
  return whole
}
