// The fast path of sites: a plain request whose answer is whole in memory is answered without parsing anything.
import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http'
import { writeReady } from '../http/ready-head.ts'
import type { Headers } from '../tier.ts'
import type { SiteCache } from './cache/index.ts'
import { hostOf } from './hosts.ts'
import type { Scheme } from './message-headers.ts'
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
  /** What addresses begin with, and what a path to purge begins with. */
  readonly addresses: Readonly<Record<Scheme, string>>
  readonly path: string
}

export interface SiteHitsOptions {
  readonly cache: Pick<SiteCache, 'readyNow'>
  readonly siteOf: (host: string) => HitSite | undefined
  /** By which scheme the client asks. */
  readonly schemeOf: (req: IncomingMessage) => Scheme
}

/** Spellings of hosts, ports included: beyond that all are looked at again. */
const mostHosts = 1000

export function createSiteHits({ cache, siteOf, schemeOf }: SiteHitsOptions): SiteHits {
  const hosts = new Map<string, KnownHost>()
  let requests = 0
  let bytes = 0

  function known(host: string): KnownHost | undefined {
    const found = hosts.get(host)
    if (found) return found
    const site = siteOf(host)
    if (site === undefined) return undefined
    const { name, pictures, pages } = site
    const addressBy = (scheme: Scheme): string => `${name} ${scheme}://${host.toLowerCase()}`
    const made = {
      ...{ site: name, choosesPictures: pictures !== undefined, addsToPages: pages !== undefined },
      addresses: { http: addressBy('http'), https: addressBy('https') },
      path: `//${hostOf(host)}`,
    }
    if (hosts.size >= mostHosts) hosts.clear()
    hosts.set(host, made)
    return made
  }

  return {
    answer(req, res) {
      if (req.method !== 'GET' && req.method !== 'HEAD') return false
      const { url = '/', headers } = req
      const { host } = headers
      const about = host === undefined || !isPlain(headers) ? undefined : known(host)
      if (about === undefined) return false
      const ready = cache.readyNow({
        ...{ site: about.site, address: about.addresses[schemeOf(req)] + url, path: about.path + url },
        // Set-Cookie is the one field that Node gives as a list, and no request has it.
        headers: headers as Headers,
      })
      if (ready === undefined) return false
      const { head, body, type } = ready
      // Which picture this client is to have is not known here, nor what a page is to say of its pictures.
      if ((about.choosesPictures && pictureTypes.has(type)) || (about.addsToPages && type === pageType))
        return false
      res.sendDate = false
      writeReady(res, head)
      if (req.method === 'HEAD' || head.status === 204) res.end()
      else res.end(body)
      requests++
      bytes += body.length
      return true
    },
    count: () => ({ requests, bytes }),
  }
}

/** Fields of a request that wants something other than the whole answer, or has a body. */
const telling = [
  ...['range', 'if-range', 'cache-control', 'pragma', 'if-none-match', 'if-modified-since', 'if-match'],
  ...['if-unmodified-since', 'content-length', 'transfer-encoding'],
] as const

function isPlain(headers: IncomingHttpHeaders): boolean {
  for (const name of telling) if (headers[name] !== undefined) return false
  return true
}
