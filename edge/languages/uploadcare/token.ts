// Signed delivery: `token=exp=...~acl=...~hmac=...`, or our own `s` as for any other address.
import { createHmac, timingSafeEqual } from 'node:crypto'
import { Failure } from '../../../errors.ts'
import { type Signing, verify } from '../../signature.ts'
import type { AddressText } from '../language.ts'

/** The token's text, percent-encoding undone but for a tilde, which would end a field. */
function tokenIn(query: string): string | undefined {
  const raw = query.split('&').find((pair) => pair.startsWith('token='))
  if (raw === undefined) return undefined
  try {
    return decodeURIComponent(raw.slice('token='.length).replace(/%7e/gi, '%257e'))
  } catch {
    return undefined
  }
}

interface Token {
  readonly exp: string
  readonly acl?: string | undefined
  readonly hmac: string
}

const fields = /^exp=(\d{1,10})(?:~acl=([^~]+))?~hmac=([0-9a-f]{64})$/

function parseToken(query: string): Token | undefined {
  const [, exp, acl, hmac] = fields.exec(tokenIn(query) ?? '') ?? []
  return exp === undefined || hmac === undefined ? undefined : { exp, acl, hmac }
}

/** Unix seconds past which the link is gone. */
export function expiryOf(query: string): number | undefined {
  const token = parseToken(query)
  return token && Number(token.exp)
}

/** Throws 'bad-signature'. Of several keys any may have signed. */
export function verifyToken(target: AddressText, signing: Signing): void {
  if (/(?:^|&)token=/.test(target.query)) checkToken(target, signing)
  else verify(target.whole, signing)
}

function checkToken(target: AddressText, { keys }: Signing): void {
  if (keys.length === 0) return
  const token = parseToken(target.query)
  if (token === undefined) throw tokenFailure('Expected token=exp=...~acl=...~hmac=...')
  const { exp, acl, hmac } = token
  if (acl !== undefined && !covers(acl, target.rawPath))
    throw tokenFailure('The token is for another address.')
  const signed = acl === undefined ? `exp=${exp}~url=${escapeAcl(target.rawPath)}` : `exp=${exp}~acl=${acl}`
  // Every key is tried, so the time taken does not tell which one was nearly right.
  const matches = keys.filter((key) => same(sign(key, signed), hmac))
  if (matches.length === 0) throw tokenFailure('The token does not belong to this address.')
}

/** Theirs are bytes written in hex; a key of ours is taken as it is. */
export function sign(key: string, text: string): string {
  const secret = /^(?:[0-9a-f]{2})+$/i.test(key) ? Buffer.from(key, 'hex') : key
  return createHmac('sha256', secret).update(text).digest('hex')
}

/** A path with slashes at both ends is that file's own address; with a star at the end, all below it. */
function covers(acl: string, rawPath: string): boolean {
  const wanted = acl.replaceAll('%7e', '~').toLowerCase()
  const path = rawPath.toLowerCase()
  return wanted.endsWith('/*') ? path.startsWith(wanted.slice(0, -1)) : path === wanted
}

/** Escapes in lower case, the comma left alone. */
export const escapeAcl = (rawPath: string): string =>
  encodeURIComponent(rawPath)
    .replaceAll('%2C', ',')
    .replace(/[!'()*]/g, (mark) => `%${mark.charCodeAt(0).toString(16)}`)
    .replace(/%[0-9A-F]{2}/g, (code) => code.toLowerCase())

const same = (expected: string, received: string): boolean =>
  expected.length === received.length && timingSafeEqual(Buffer.from(expected), Buffer.from(received))

const tokenFailure = (message: string): Failure => new Failure('bad-signature', message, { option: 'token' })
