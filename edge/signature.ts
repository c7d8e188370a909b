// Signs URLs, and verifies signatures. Pure; the caller hands in the time.
import { createHash, createHmac, timingSafeEqual } from 'node:crypto'
import { Failure } from '../errors.ts'

export type Scheme = 'hmac-sha256' | 'imgix-md5'

export interface Signing {
  readonly scheme: Scheme
  /** The first signs; all verify, so that keys can be rotated without breaking a link. Empty: nothing is signed. */
  readonly keys: readonly string[]
}

const digests: Readonly<Record<Scheme, (key: string, text: string) => string>> = {
  /** Over path and query as sent, 43 characters of base64url. */
  'hmac-sha256': (key, text) => createHmac('sha256', key).update(text).digest('base64url'),
  /** imgix: MD5 of token, path and query, in hex (reference: imgix "Securing Images"). */
  'imgix-md5': (key, text) =>
    createHash('md5')
      .update(key + text)
      .digest('hex'),
}

/** `target` (path and query, as it will be sent) with its signature as the last parameter. */
export function sign(target: string, { scheme, keys }: Signing): string {
  const key = keys[0]
  if (key === undefined) return target
  return `${target}${target.includes('?') ? '&' : '?'}s=${digests[scheme](key, target)}`
}

/**
 * Passes when `target`, exactly as received, carries a signature by one of the keys.
 * Throws 'bad-signature' otherwise. Nothing is decoded or re-ordered: what was signed is what is compared.
 */
export function verify(target: string, { scheme, keys }: Signing): void {
  if (keys.length === 0) return
  const { signed, signature } = split(target)
  if (signature === undefined)
    throw new Failure('bad-signature', 'This source only answers signed URLs, and the URL has no `s`.', {
      option: 's',
    })
  // Every key is tried, so the time taken does not tell which one was nearly right.
  const matches = keys.filter((key) => same(digests[scheme](key, signed), signature))
  if (matches.length === 0)
    throw new Failure('bad-signature', 'The signature `s` does not belong to this URL.', { option: 's' })
}

/** Takes the `s` pair out of the query, leaving every other byte as it was; with no other pair the `?` goes too. */
function split(target: string): { signed: string; signature: string | undefined } {
  const mark = target.indexOf('?')
  if (mark < 0) return { signed: target, signature: undefined }
  const pairs = target.slice(mark + 1).split('&')
  const rest = pairs.filter((pair) => !pair.startsWith('s='))
  const signatures = pairs.filter((pair) => pair.startsWith('s='))
  // Two signatures are two chances to guess; there is never a reason to send them.
  const signature = signatures.length === 1 ? signatures[0]?.slice(2) : undefined
  return { signed: target.slice(0, mark) + (rest.length > 0 ? `?${rest.join('&')}` : ''), signature }
}

function same(expected: string, received: string): boolean {
  const [a, b] = [Buffer.from(expected), Buffer.from(received)]
  return a.length === b.length && timingSafeEqual(a, b)
}

/** `expires` is covered by the signature like any other parameter; past it the link is gone (imgix: 404). */
export function refuseExpired(expires: number | undefined, now: number): void {
  if (expires !== undefined && now >= expires * 1000)
    throw new Failure('expired', 'This link has expired.', { option: 'expires' })
}
