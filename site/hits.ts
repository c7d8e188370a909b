// The fast path of sites: a plain request whose answer is whole in memory is answered without parsing anything.
import type { IncomingMessage, ServerResponse } from 'node:http'
import { LRUCache } from 'lru-cache'
import type { Headers } from '../tier.ts'
import type { SiteCache } from './cache/index.ts'
import { hostOf } from './hosts.ts'
import { pageType } from './pages/touchable.ts'
import { pictureTypes } from './pictures/touchable.ts'

export interface SiteHits {
  /** Answers and returns true, or leaves the response untouched and returns false. */
  answer(req: IncomingMessage, res: ServerResponse): boolean
  /** Answers so far, and the bytes of their bodies. */
  count(): { readonly requests: number; readonly bytes: number }
}

/** What must be known of a site. */
export interface HitSite {
  readonly name: string
  /** Set where its pictures may be answered by others. */
  readonly pictures?: object | undefined
  /** Set where something is added to its pages. */
  readonly pages?: object | undefined
}

interface KnownHost {
  readonly site: string
  readonly choosesPictures: boolean
  readonly addsToPages: boolean
  /** What an address begins with, and what a path to purge begins with. */
  readonly address: string
  readonly path: string
}

/** Spellings of hosts, ports included. */
const mostHosts = 1000

export function createSiteHits(
  cache: Pick<SiteCache, 'readyNow'>,
  siteOf: (host: string) => HitSite | undefined,
): SiteHits {
  const hosts = new LRUCache<string, KnownHost>({ max: mostHosts })
  let requests = 0
  let bytes = 0

  function known(host: string): KnownHost | undefined {
    const found = hosts.get(host)
    if (found) return found
    const site = siteOf(host)
    if (site === undefined) return undefined
    const { name, pictures, pages } = site
    const made = {
      ...{ site: name, choosesPictures: pictures !== undefined },
      addsToPages: pages !== undefined,
      ...{ address: `${name} http://${host.toLowerCase()}`, path: `//${hostOf(host)}` },
    }
    hosts.set(host, made)
    return made
  }

  return {
    answer(req, res) {
      if ((req.method !== 'GET' && req.method !== 'HEAD') || 'encrypted' in req.socket) return false
      const host = plainHost(req.rawHeaders)
      const about = host === undefined ? undefined : known(host)
      if (about === undefined) return false
      const { url = '/' } = req
      const asked = { site: about.site, address: about.address + url, path: about.path + url }
      const ready = cache.readyNow(asked, () => req.headers as Headers)
      if (ready === undefined) return false
      const { status, statusText, lines, body, type } = ready
      // Which picture this client is to have is not known here, nor what a page is to say of its pictures.
      if ((about.choosesPictures && pictureTypes.has(type)) || (about.addsToPages && type === pageType))
        return false
      res.sendDate = false
      res.writeHead(status, statusText, lines)
      if (req.method === 'HEAD' || status === 204) res.end()
      else res.end(body)
      requests++
      bytes += body.length
      return true
    },
    count: () => ({ requests, bytes }),
  }
}

/** The host of a request that says nothing of parts, of what it has, of what it takes, and that has no body. */
function plainHost(raw: readonly string[]): string | undefined {
  let host: string | undefined
  for (let at = 0; at < raw.length; at += 2) {
    const name = raw[at] ?? ''
    if (name.length === 4 && name.toLowerCase() === 'host') host = raw[at + 1]
    else if (lengths.has(name.length) && telling.has(name.toLowerCase())) return undefined
  }
  return host
}

const telling = new Set([
  ...['range', 'pragma', 'if-match', 'if-range', 'cache-control', 'if-none-match', 'content-length'],
  ...['if-modified-since', 'if-unmodified-since', 'transfer-encoding', 'x-forwarded-proto'],
])
const lengths = new Set([...telling].map((name) => name.length))
