// How a path is spelled: its percent-encoding in one form that means the same to every server, and what it reads as.
import { Failure } from '../../errors.ts'

const bad = (reason: string): Failure => new Failure('bad-address', reason)

/** What stands for itself in a path (RFC 3986 3.3, pchar); all else is a triplet. */
const plain = /[\w.~!$&'()*+,;=:@/-]/
const unreserved = /^[\w.~-]$/

/** More bytes than a character needs: what old servers read as a dot or a slash (RFC 3629 3). */
const overlong = /%C[01]%[89AB]|%E0%[89][0-9A-F]|%F0%8/

/**
 * The path in one spelling that any server reads as it reads the one given (RFC 3986 6.2.2): unreserved characters
 * plain, triplets in upper case, `%2F`, `//`, and bytes that are no UTF-8 left as they are. A fixed point. Fails with
 * 'bad-address' for a percent sign that begins no triplet.
 */
export function spelled(raw: string): string {
  if (!raw.isWellFormed()) throw bad('The path is not percent-encoded UTF-8')
  const path = raw.replace(/%([0-9a-f]{2})?|[^%]/giu, (text, hex: string | undefined) => {
    if (hex !== undefined) return triplet(hex)
    if (text === '%') throw bad('The path is not percent-encoded')
    return plain.test(text) ? text : encodeURIComponent(text)
  })
  if (overlong.test(path)) throw bad('The path is not percent-encoded UTF-8')
  return path
}

function triplet(hex: string): string {
  const character = String.fromCharCode(Number.parseInt(hex, 16))
  return unreserved.test(character) ? character : `%${hex.toUpperCase()}`
}

const triplets = /(?:%[0-9A-F]{2})+/g

/** With every run of triplets read as text; bytes that are no UTF-8 stay triplets. */
export function decodedOnce(path: string): string {
  return path.replace(triplets, (run) => {
    try {
      return decodeURIComponent(run)
    } catch {
      return bytesOf(run).reduce(
        (text, byte) => text + (byte < 0x80 ? String.fromCharCode(byte) : hexOf(byte)),
        '',
      )
    }
  })
}

/** As a reader sees it, for looking at it: bytes that are no UTF-8 are replaced. */
export const unescaped = (path: string): string =>
  path.replace(/(?:%[0-9a-f]{2})+/gi, (run) => Buffer.from(bytesOf(run)).toString())

const bytesOf = (run: string): number[] =>
  (run.match(/[^%]{2}/g) ?? []).map((hex) => Number.parseInt(hex, 16))

const hexOf = (byte: number): string => `%${byte.toString(16).toUpperCase()}`

/**
 * The name of a file that a path spells: decoded, without empty segments. Fails with 'bad-address' for bytes that are
 * no UTF-8.
 */
export function nameOf(path: string): string {
  try {
    return decodeURIComponent(path)
      .replace(/\/{2,}/g, '/')
      .replace(/^\//, '')
  } catch {
    throw bad('The path is not percent-encoded UTF-8')
  }
}

/** The one path of the file that a path names. */
export const pathOfName = (path: string): string => nameOf(path).split('/').map(encodeURIComponent).join('/')
