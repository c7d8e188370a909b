// A purge as it stands in the log: what it is about, and how hard it is.
import { createHash } from 'node:crypto'

/** What a purge is about. Addresses and prefixes are canonical: percent-encoded, with a slash in front. */
export type Target =
  | { readonly kind: 'everything' }
  /** A surrogate key that answers carry: a source's name, or any other. */
  | { readonly kind: 'key'; readonly value: string }
  /** The key of one source picture: of all that was made from it. */
  | { readonly kind: 'picture'; readonly value: string; readonly source: string }
  /** One exact address with its options, as caches know it. */
  | { readonly kind: 'address'; readonly value: string }
  /** All addresses that begin so. */
  | { readonly kind: 'prefix'; readonly value: string }

export interface Purge {
  readonly target: Target
  /** Soft: what is stored is stale. Otherwise it is never used again. */
  readonly isSoft: boolean
}

export interface LoggedPurge extends Purge {
  /** Its place in the log: the milliseconds since 1970 at which it was logged, or one more than the place before. */
  readonly position: number
}

/** The surrogate key of one source picture: every answer that was made from it carries it. */
export const pictureKey = (source: string, path: string): string =>
  createHash('sha256').update(`${source}/${path}`).digest('base64url').slice(0, 16)

/** The value of Surrogate-Key: everything of a source, and everything made from one picture of it. */
export const surrogateKeys = (source: string, path: string): string => `${source} ${pictureKey(source, path)}`

export const pictureTarget = (source: string, path: string): Target => ({
  kind: 'picture',
  value: pictureKey(source, path),
  source,
})

const kinds: ReadonlySet<unknown> = new Set(['everything', 'key', 'picture', 'address', 'prefix'])

/** A purge that was written as JSON; undefined for anything else. */
export function purgeIn(written: unknown): Purge | undefined {
  const { target, isSoft } = (written ?? {}) as { target?: Record<string, unknown>; isSoft?: unknown }
  const { kind, value, source } = target ?? {}
  if (!kinds.has(kind) || typeof isSoft !== 'boolean') return undefined
  if (kind === 'everything') return { target: { kind }, isSoft }
  if (typeof value !== 'string') return undefined
  if (kind !== 'picture') return { target: { kind, value } as Target, isSoft }
  return typeof source === 'string' ? { target: { kind, value, source }, isSoft } : undefined
}

/** The source that a canonical path begins with; of an address of a site (`//host/path`) its host. */
export const sourceIn = (path: string): string =>
  path.startsWith('//') ? `//${path.slice(2).split('/', 1)[0]}` : (path.slice(1).split('/', 1)[0] ?? '')
