// Cloudinary's signatures (s--...--) and access tokens (__cld_token__). Reference: "Delivery URL signatures".
import { createHash, createHmac, timingSafeEqual } from 'node:crypto'
import { Failure } from '../../../errors.ts'
import { decoded } from '../shared/values.ts'
import type { CloudinaryPath } from './path.ts'

export interface CloudinarySigning {
  /** API secrets; with one at least, addresses have to be signed. */
  readonly secrets?: readonly string[] | undefined
  /** Of the short signature. */
  readonly algorithm?: 'sha1' | 'sha256' | undefined
  /** Keys of access tokens, in hex. */
  readonly tokenKeys?: readonly string[] | undefined
}

/** `text` is the transformation, a slash and the public id. */
export function cloudinarySignature(
  text: string,
  secret: string,
  {
    algorithm = 'sha1',
    isLong = false,
  }: { readonly algorithm?: 'sha1' | 'sha256'; readonly isLong?: boolean } = {},
): string {
  const digest = createHash(isLong ? 'sha256' : algorithm)
    .update(text + secret)
    .digest('base64')
  return digest
    .replaceAll('/', '_')
    .replaceAll('+', '-')
    .slice(0, isLong ? 32 : 8)
}

export function tokenSignature(key: string, text: string): string {
  return createHmac('sha256', Buffer.from(key, 'hex')).update(text).digest('hex')
}

interface Signed {
  readonly path: CloudinaryPath
  /** Path behind the prefix. */
  readonly rawPath: string
  readonly query: string
}

/** Throws 'bad-signature'. */
export function verifyAddress({ path, rawPath, query }: Signed, signing: CloudinarySigning): void {
  const token = tokenIn(query)
  if (token !== undefined && signing.tokenKeys?.length) verifyToken(token, rawPath, signing.tokenKeys)
  else verifySignature(path, signing)
}

function verifySignature(path: CloudinaryPath, signing: CloudinarySigning): void {
  const { signature } = path
  if (signature === undefined)
    throw new Failure('bad-signature', 'Only signed addresses are answered, and this one has no s--...--.', {
      option: 's',
    })
  const isLong = signature.length === 32
  const { secrets = [], algorithm = 'sha1' } = signing
  const expected = secrets.flatMap((secret) =>
    textsOf(path).map((text) => cloudinarySignature(text, secret, { algorithm, isLong })),
  )
  // Every one is tried, so the time taken does not tell which one was nearly right.
  if (expected.filter((each) => isSame(each, signature)).length === 0)
    throw new Failure('bad-signature', 'The signature does not belong to this address.', { option: 's' })
}

/** Libraries sign the text as they wrote it, or with everything decoded. */
function textsOf({ components, id }: CloudinaryPath): readonly string[] {
  const written = [...components, id].join('/')
  return [...new Set([written, fully(written)])]
}

function fully(text: string): string {
  const plain = decoded(text)
  return plain === undefined || plain === text ? text : fully(plain)
}

/** Unix seconds past which the link is gone. */
export function tokenExpiry(query: string): number | undefined {
  const [, exp] = /(?:^|~)exp=(\d{1,10})(?:~|$)/.exec(tokenIn(query) ?? '') ?? []
  return exp === undefined ? undefined : Number(exp)
}

function tokenIn(query: string): string | undefined {
  const raw = query.split('&').find((pair) => pair.startsWith('__cld_token__='))
  // Its own escapes stay: they were signed.
  return raw?.slice('__cld_token__='.length).replace(/%7E/gi, '~').replace(/%3D/gi, '=')
}

function verifyToken(token: string, rawPath: string, keys: readonly string[]): void {
  const [, signed, hmac] = /^(.*)~hmac=([0-9a-f]{64})$/s.exec(token) ?? []
  if (signed === undefined || hmac === undefined) throw tokenFailure('Expected exp=...~acl=...~hmac=...')
  const acl = /(?:^|~)acl=([^~]*)/.exec(signed)?.[1]
  const text = acl === undefined ? `${signed}~url=${escaped(rawPath)}` : signed
  // An address of its own that a token is bound to is not known here.
  if (/(?:^|~)ip=/.test(signed)) throw tokenFailure('A token for one IP address is not answered here.')
  if (!/(?:^|~)exp=\d{1,10}(?:~|$)/.test(signed)) throw tokenFailure('The token has no end.')
  if (keys.filter((key) => isSame(tokenSignature(key, text), hmac)).length === 0 || !covers(acl, rawPath))
    throw tokenFailure('The token does not belong to this address.')
}

/** Several lists are joined by '!'; a star stands for anything. The path may begin with the name of the cloud. */
function covers(acl: string | undefined, rawPath: string): boolean {
  if (acl === undefined) return true
  return (decoded(acl) ?? '').split('!').some((list) => {
    const parts = list.split('*')
    const paths = [rawPath, rawPath.replace(/^\/[^/]+/, '')]
    return paths.some((path) => matches(parts, path))
  })
}

/** By hand: a pattern of stars made into a regular expression could take for ever. */
function matches([first = '', ...parts]: readonly string[], path: string): boolean {
  if (!path.startsWith(first)) return false
  if (parts.length === 0) return path === first
  let rest = path.slice(first.length)
  const last = parts.at(-1) ?? ''
  for (const part of parts.slice(0, -1)) {
    const at = rest.indexOf(part)
    if (at < 0) return false
    rest = rest.slice(at + part.length)
  }
  return rest.endsWith(last)
}

const escaped = (path: string): string =>
  encodeURIComponent(path).replace(/%[0-9A-F]{2}/g, (code) => code.toLowerCase())

function isSame(expected: string, received: string): boolean {
  const [a, b] = [Buffer.from(expected), Buffer.from(received)]
  return a.length === b.length && timingSafeEqual(a, b)
}

const tokenFailure = (message: string): Failure =>
  new Failure('bad-signature', message, { option: '__cld_token__' })
