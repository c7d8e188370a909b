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

/** Where nothing is listed, all that lies in a configured source. */
export function isAllowed(url: string, { localPatterns, remotePatterns, domains }: AllowedSources): boolean {
  if (url.startsWith('/')) {
    const local = new URL(url, 'http://localhost')
    return localPatterns?.some((pattern) => matchesPath(local, pattern)) ?? true
  }
  if (remotePatterns === undefined && domains === undefined) return true
  if (!URL.canParse(url)) return false
  const remote = new URL(url)
  return (
    (domains ?? []).includes(remote.hostname) ||
    (remotePatterns ?? []).some((pattern) => matchesRemote(remote, pattern))
  )
}

const matchesPath = ({ pathname, search }: URL, pattern: LocalPattern): boolean =>
  glob(pattern.pathname ?? '**', '/').test(pathname) &&
  (pattern.search === undefined || pattern.search === search)

const matchesRemote = (url: URL, { protocol, hostname, port, ...rest }: RemotePattern): boolean =>
  (protocol === undefined || protocol.replace(/:$/, '') === url.protocol.replace(/:$/, '')) &&
  (port === undefined || port === url.port) &&
  glob(hostname, '.').test(url.hostname) &&
  matchesPath(url, rest)

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
