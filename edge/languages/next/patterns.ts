// Which sources Next.js lets its component ask for: localPatterns, remotePatterns and domains of next.config.js.

export interface LocalPattern {
  /** `*` is one segment, `**` any number of them. */
  readonly pathname?: string | undefined
  /** The query with its question mark, exactly. */
  readonly search?: string | undefined
}

export interface RemotePattern extends LocalPattern {
  readonly protocol?: 'http' | 'https' | 'http:' | 'https:' | undefined
  /** `*` is one label, `**` any number of them. */
  readonly hostname: string
  /** Empty is the usual one; absent is any. */
  readonly port?: string | undefined
}

export interface AllowedSources {
  readonly localPatterns?: readonly LocalPattern[] | undefined
  readonly remotePatterns?: readonly RemotePattern[] | undefined
  /** Hosts, exactly. */
  readonly domains?: readonly string[] | undefined
}

/** Whether an address is one of those; where nothing is listed, all that lies in a configured source. */
export function allowing({ localPatterns, remotePatterns, domains }: AllowedSources) {
  const isLocal = localPatterns?.map(pathMatcher)
  const isRemote = remotePatterns?.map(remoteMatcher)
  return (url: string): boolean => {
    if (url.startsWith('/')) {
      if (!isLocal) return true
      if (!URL.canParse(url, here)) return false
      const local = new URL(url, here)
      return isLocal.some((matches) => matches(local))
    }
    if (isRemote === undefined && domains === undefined) return true
    if (!URL.canParse(url)) return false
    const remote = new URL(url)
    return (domains ?? []).includes(remote.hostname) || (isRemote ?? []).some((matches) => matches(remote))
  }
}

/** What a path is resolved against. */
const here = 'http://localhost'

type Matches = (url: URL) => boolean

function pathMatcher({ pathname: pattern = '**', search: query }: LocalPattern): Matches {
  const path = glob(pattern, '/')
  return ({ pathname, search }) => path.test(pathname) && (query === undefined || query === search)
}

function remoteMatcher({ protocol, hostname, port, ...rest }: RemotePattern): Matches {
  const host = glob(hostname, '.')
  const matchesPath = pathMatcher(rest)
  const scheme = protocol?.replace(/:$/, '')
  return (url) =>
    (scheme === undefined || `${scheme}:` === url.protocol) &&
    (port === undefined || port === url.port) &&
    host.test(url.hostname) &&
    matchesPath(url)
}

function glob(pattern: string, separator: string): RegExp {
  const source = pattern
    .split(/(\*+)/)
    .map((part) =>
      /^\*+$/.test(part)
        ? part === '*'
          ? `[^${separator}]+`
          : '.*'
        : part.replace(/[\\^$.|?+()[\]{}]/g, '\\$&'),
    )
    .join('')
  return new RegExp(`^${source}$`)
}
