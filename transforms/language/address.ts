// Paths of pictures: reads a client's raw path safely, writes and reads the exact address of one picture.
import { Failure } from '../../errors.ts'
import { canonical, parseCanonical, underThisRevision } from './canonical.ts'
import type { Spec } from './options.ts'

/** Which picture: a configured source, and the path within it. */
export interface Place {
  readonly source: string
  /** Decoded, without a leading slash; or a whole http(s) address for a source that fetches the web. */
  readonly path: string
}

/** Raw characters of a client's path: more than any object store's longest key (1024 bytes), each percent-encoded. */
const maxPath = 4096
/** What those may become when `exactPath` encodes characters that the client did not. */
const maxExactPath = maxPath * 3

const sourceName = /^[a-z0-9][a-z0-9_-]{0,62}$/
const webAddress = /^https?:\/\//i

const bad = (reason: string): Failure => new Failure('bad-address', reason)

/**
 * The picture that a raw, still percent-encoded path names. It is decoded once: what is still encoded then is literal
 * text. Fails with 'bad-address' for everything that could mean something else to a file system or a log.
 */
export const parsePath = (rawPath: string): Place => readPath(rawPath, maxPath)

function readPath(rawPath: string, maxLength: number): Place {
  if (rawPath.length > maxLength) throw bad(`The path is longer than ${maxLength} characters`)
  const [, rawSource, rawRest] = /^\/([^/]*)\/(.*)$/s.exec(rawPath) ?? []
  if (rawSource === undefined || rawRest === undefined)
    throw bad('Expected a path such as /source/picture.jpg')
  const source = decoded(rawSource)
  if (!sourceName.test(source)) throw bad('The first part of the path is not the name of a source')
  return { source, path: safe(decoded(rawRest)) }
}

function decoded(raw: string): string {
  try {
    const text = decodeURIComponent(raw)
    // A raw half of a surrogate pair survives decoding, and could not be encoded again.
    if (text.isWellFormed()) return text
  } catch {}
  throw bad('The path is not percent-encoded UTF-8')
}

function safe(decodedPath: string): string {
  // Reference: "a path that starts with http:// or https:// is the proxy case"; its slashes are the other site's.
  const path = webAddress.test(decodedPath)
    ? decodedPath
    : decodedPath.replace(/\/{2,}/g, '/').replace(/^\//, '')
  if (path === '') throw bad('The path names no picture')
  if (/\p{Cc}/u.test(path)) throw bad('The path has control characters')
  if (path.includes('\\')) throw bad('The path has a backslash')
  if (path.split('/').some((segment) => segment === '.' || segment === '..')) {
    throw bad("The path has a '.' or '..' segment")
  }
  return path
}

/**
 * The one address of one picture, and its cache key: "/photos/cats/tom.jpg?w=640&rev=1". Fails with 'bad-address' for
 * a source or path that `parsePath` would not give.
 */
export function exactPath(source: string, path: string, spec: Spec): string {
  if (!sourceName.test(source)) throw bad('The source has no valid name')
  if (!path.isWellFormed() || safe(path) !== path) throw bad('The path is not a safe one')
  return `/${source}/${encoded(path)}?${canonical(spec)}`
}

// A web address is one component, as imgix clients write it: a proxy between tiers that merges slashes cannot hurt it.
const encoded = (path: string): string =>
  webAddress.test(path) ? encodeURIComponent(path) : path.split('/').map(encodeURIComponent).join('/')

export interface ExactPlace extends Place {
  readonly spec: Spec
  /**
   * False when the asker runs another revision, as happens while nodes are upgraded one by one. The picture can be
   * made, but is this revision's and must not live long under the other's key.
   */
  readonly isCurrent: boolean
}

/**
 * Reads what `exactPath` wrote, in any revision. Fails with 'bad-address' or 'bad-option' for any other text, also for
 * another spelling of the same picture, so that nobody can fill a cache with copies.
 */
export function parseExactPath(written: string): ExactPlace {
  const { text, isCurrent } = underThisRevision(written)
  const at = text.indexOf('?')
  if (at < 0) throw bad('An exact address names its options')
  const place = readPath(text.slice(0, at), maxExactPath)
  const spec = parseCanonical(text.slice(at + 1))
  if (exactPath(place.source, place.path, spec) !== text) throw bad('The address is not written canonically')
  return { ...place, spec, isCurrent }
}
