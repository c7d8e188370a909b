// The first segments of all paths that are not pictures, in one table: whoever answers one looks here, and no source of
// the configuration may have such a name.

export const reservedPaths = {
  /** Asked by the operator's tools. */
  operation: ['healthz', 'readyz', 'metrics'],
  /** Asked of every host by browsers and crawlers. */
  wellKnown: ['favicon.ico', 'robots.txt'],
  /** Pages, and what they load. */
  pages: ['optimise', 'webhooks', 'usage', '_halftone'],
  /** The pictures that come along; a source of their own. */
  samples: ['samples'],
  /** Orders to a processing node. */
  processing: ['process'],
  /** Purges from other processes. */
  purging: ['purge'],
  /** What a process made lately, for other processes. */
  sharing: ['held'],
  nativeApi: ['v1', 'openapi.json', 'results'],
  /** `v1` is Kraken's as well. */
  kraken: ['user_status'],
  optidash: ['1.0'],
  uploadcare: [
    ...['base', 'info', 'multipart', 'from_url', 'group'],
    ...['files', 'groups', 'project', 'webhooks', 'convert', 'addons'],
  ],
  /** Nothing is answered there today; a source of this name would stand in the way of what comes. */
  later: ['docs', 'assets', 'upload'],
} as const satisfies Readonly<Record<string, readonly string[]>>

const all: ReadonlySet<string> = new Set(Object.values(reservedPaths).flat())

/** By the first segment of a path, or a source's name. */
export const isReserved = (first: string): boolean => all.has(first)

/** For a sentence that tells which names are not free. */
export const reservedNames: readonly string[] = [...all].sort()

/** What names of sources begin with that stand for the pictures of a site: only the tiers ask for these. */
export const siteSourcePrefix = 'site--'
