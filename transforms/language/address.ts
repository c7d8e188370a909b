// Paths of pictures: reads a client's raw path safely, writes and reads the exact address of one picture.
import { Failure } from '../../errors.ts'
import { furtherSources } from '../steps/index.ts'
import type { SourceName } from '../steps/step.ts'
import { canonical, parseCanonical, underThisRevision } from './canonical.ts'
import type { Spec } from './options.ts'
import { decodedOnce, spelled, unescaped } from './spelling.ts'

/** Which picture: a configured source, and the path within it. */
export interface Place {
  readonly source: string
  /** As it was written, in the one spelling of `spelled`; or a whole http(s) address for a source that fetches the web. */
  readonly path: string
}

/** Raw characters of a client's path: more than any object store's longest key (1024 bytes), each percent-encoded. */
const maxPath = 4096
/** What those may become when `exactPath` encodes characters that the client did not. */
const maxExactPath = maxPath * 3

const sourceName = /^[a-z0-9][a-z0-9_-]{0,62}$/
const webAddress = /^https?:\/\//

const bad = (reason: string): Failure => new Failure('bad-address', reason)

/**
 * The picture that a raw, still percent-encoded path names. Fails with 'bad-address' for everything that could mean
 * something else to a file system or a log.
 */
export const parsePath = (rawPath: string): Place => readPath(rawPath, maxPath)

function readPath(rawPath: string, maxLength: number): Place {
  if (rawPath.length > maxLength) throw bad(`The path is longer than ${maxLength} characters`)
  const [, rawSource, rawRest] = /^\/([^/]*)\/(.*)$/s.exec(rawPath) ?? []
  if (rawSource === undefined || rawRest === undefined)
    throw bad('Expected a path such as /source/picture.jpg')
  const source = spelled(rawSource)
  if (!sourceName.test(source)) throw bad('The first part of the path is not the name of a source')
  return { source, path: safe(webPath(rawRest) ?? spelled(rawRest)) }
}

/**
 * Reference: "a path that starts with http:// or https://, or their encoded forms, is the proxy case". Encoded it is one
 * component, and is decoded once; otherwise it is the address as written. A proxy may have merged its slashes.
 */
function webPath(raw: string): string | undefined {
  const isPlain = /^https?:\/(?!%2f)/i.test(raw)
  if (!isPlain && !/^https?(?::|%3a)(?:\/|%2f)/i.test(raw)) return undefined
  const address = isPlain ? spelled(raw) : decodedOnce(spelled(raw))
  return address.replace(/^(https?):\/+/i, (_, scheme: string) => `${scheme.toLowerCase()}://`)
}

function safe(path: string): string {
  const name = unescaped(path)
  if (/^\/*$/.test(name)) throw bad('The path names no picture')
  if (/\p{Cc}/u.test(name)) throw bad('The path has control characters')
  if (name.includes('\\')) throw bad('The path has a backslash')
  if (name.split('/').some((segment) => segment === '.' || segment === '..'))
    throw bad("The path has a '.' or '..' segment")
  return path
}

/**
 * The one address of one picture, and its cache key: "/photos/cats/tom.jpg?w=640&rev=1". Fails with 'bad-address' for
 * a source or path that `parsePath` would not give.
 */
export function exactPath(source: string, path: string, spec: Spec): string {
  if (!sourceName.test(source)) throw bad('The source has no valid name')
  for (const each of furtherSources(spec)) checkName(each)
  return `/${source}/${encoded(safe(path))}?${canonical(spec)}`
}

/** A picture beside the source is named as safely as the source. */
function checkName({ source, path }: SourceName): void {
  if (!sourceName.test(source)) throw bad('The source of a further picture has no valid name')
  encoded(safe(path))
}

function encoded(path: string): string {
  // A web address is one component, as imgix clients write it: a proxy between tiers that merges slashes cannot hurt it.
  if (webAddress.test(path) && path.isWellFormed()) return encodeURIComponent(path)
  if (webPath(path) !== undefined || spelled(path) !== path) throw bad('The path is not a safe one')
  return path
}

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
