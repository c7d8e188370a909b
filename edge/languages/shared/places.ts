// Which configured source a picture of another language lies in. What no source covers is refused, by what to configure.
import { Failure } from '../../../errors.ts'
import { type HostRule, permit } from '../../../fetch/hosts.ts'
import { type Place, parsePath } from '../../../transforms/index.ts'

/** A source that has pictures at web addresses. */
export interface WebSource {
  readonly source: string
  /** The address that its paths are appended to; absent for a source of whole addresses. */
  readonly base?: string
  /** Whose whole addresses it takes. */
  readonly hosts: readonly HostRule[]
}

export interface PlaceSettings {
  readonly web: readonly WebSource[]
  /** Where addresses begin, and the source that has what follows: { 's3://photos/': 'photos' }. */
  readonly sources?: Readonly<Record<string, string>>
  /** The source of paths without a host; absent, the first part of such a path names it. */
  readonly source?: string | undefined
}

export interface Places {
  /** The picture at a whole address, as it would be fetched. `isGuess`: its scheme was not written. */
  ofUrl(url: string, isGuess?: boolean): Place
  /** The picture at a raw path, percent-encoded, with or without a slash in front. */
  ofPath(rawPath: string): Place
  /** The first of the two where the text begins with a scheme; it is percent-encoded as in an address. */
  of(text: string): Place
  /** Whether a web address is that of a source. */
  has(url: string): boolean
}

export function createPlaces({ web, sources = {}, source }: PlaceSettings): Places {
  const prefixes = Object.entries(sources).sort(([a], [b]) => b.length - a.length)

  function byPrefix(written: string, isGuess: boolean): Place | undefined {
    const addresses = isGuess ? [written, written.replace(/^http:/, 'https:')] : [written]
    const [prefix, name] =
      prefixes.find(([begins]) => addresses.some((each) => each.startsWith(begins))) ?? []
    if (prefix === undefined) return undefined
    const address = addresses.find((each) => each.startsWith(prefix)) ?? written
    const [path = ''] = address.slice(prefix.length).split('?')
    return parsePath(`/${name}/${path}`)
  }

  function find(address: string, isGuess: boolean): Place | undefined {
    const mapped = byPrefix(address, isGuess)
    if (mapped) return mapped
    if (!URL.canParse(address)) throw new Failure('bad-address', 'The source address is not a URL.')
    const url = new URL(address)
    for (const site of web) {
      const path = below(site, { address, url, isGuess })
      if (path !== undefined) return parsePath(`/${site.source}/${path}`)
    }
    const proxy = web.find(({ base, hosts }) => base === undefined && isPermitted(address, hosts))
    return proxy && parsePath(`/${proxy.source}/${encodeURIComponent(address)}`)
  }

  const places: Places = {
    ofUrl(address, isGuess = false) {
      const found = find(address, isGuess)
      if (found) return found
      throw refusal(address)
    },
    ofPath(rawPath) {
      const path = rawPath.replace(/^\//, '')
      return parsePath(source === undefined ? `/${path}` : `/${source}/${path}`)
    },
    of: (text) => (/^[a-z][a-z0-9+.-]*:\/\//i.test(text) ? places.ofUrl(text) : places.ofPath(text)),
    has(address) {
      try {
        return find(address, true) !== undefined
      } catch {
        return false
      }
    },
  }
  return places
}

interface Asked {
  readonly address: string
  readonly url: URL
  readonly isGuess: boolean
}

/** What stands behind the site's own address, as it was written; undefined for an address that is not below it. */
function below({ base }: WebSource, { address, url, isGuess }: Asked): string | undefined {
  if (base === undefined || url.search !== '' || url.username !== '' || !/^https?:$/.test(url.protocol))
    return undefined
  const home = new URL(base)
  const isSameHost = url.hostname === home.hostname && (url.port === home.port || isGuess)
  // A site that is fetched by https has what was named by http.
  const isSameScheme = url.protocol === home.protocol || home.protocol === 'https:' || isGuess
  const folder = home.pathname.replace(/\/?$/, '/')
  if (!isSameHost || !isSameScheme || !url.pathname.startsWith(folder)) return undefined
  // The URL parser would take `..` and `//` away.
  const written = /^[^/]*\/\/[^/]*(\/[^?#]*)/.exec(address)?.[1] ?? '/'
  return written.startsWith(folder) ? written.slice(folder.length) : url.pathname.slice(folder.length)
}

function isPermitted(address: string, hosts: readonly HostRule[]): boolean {
  try {
    return permit(address, hosts) !== undefined
  } catch {
    return false
  }
}

function refusal(address: string): Failure {
  const { protocol, host, search } = new URL(address)
  if (protocol !== 'http:' && protocol !== 'https:')
    return new Failure('forbidden-address', `No source is configured for ${protocol}//${host}/.`, {
      expected: `sources: { '${protocol}//${host}/': 'name of a source' } in the settings of this language`,
    })
  const site = search === '' ? `{ site: '${protocol}//${host}/' } or ` : ''
  return new Failure('forbidden-address', `No source is configured for ${protocol}//${host}/.`, {
    expected: `a source such as ${site}{ hosts: ['${host}'] }`,
  })
}
