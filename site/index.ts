// The door of sites: whole web sites of customers behind Halftone, told apart by their host names.
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import type { Dispatcher } from 'undici'
import { Failure } from '../errors.ts'
import { publicProblem } from '../problem.ts'
import type { SiteCache } from './cache/index.ts'
import { createClientSides } from './client-sides.ts'
import { createSiteHits, type SiteHits } from './hits.ts'
import { createHosts, type HostsOf, hostOf } from './hosts.ts'
import { schemeOf } from './message-headers.ts'
import { createOwnHosts } from './own-hosts.ts'
import type { PagesOf, SitePages } from './pages/index.ts'
import { pass, type SitePassOptions } from './pass.ts'
import type { PictureSettings, SitePictures } from './pictures/index.ts'
import { passUpgrade } from './upgrade.ts'

export interface Site {
  readonly name: string
  /** Host names in lower case, without port; `*.example.com` for all names below one. */
  readonly hosts: readonly string[]
  /** Scheme, host and port of its server. */
  readonly origin: string
  /** The value of Host that its server expects; the client's own where it is not given. */
  readonly originHost?: string | undefined
  readonly dispatcher: Dispatcher
  /** Takes a chunk of an answer back that was sent, where the dispatcher uses its memory again. */
  readonly giveBack?: ((chunk: Buffer) => void) | undefined
  /** Undefined where its pictures stay as they are. */
  readonly pictures?: PictureSettings | undefined
  /** Undefined where its pages stay as they are. */
  readonly pages?: PagesOf | undefined
}

export interface SitesOptions {
  readonly sites: readonly Site[]
  readonly cache: SiteCache
  /** What makes their pictures smaller. */
  readonly pictures?: SitePictures | undefined
  /** What adds to their pages. */
  readonly pages?: SitePages | undefined
  /** Whether whoever holds the connection is a proxy of our own. */
  readonly isTrusted: (address: string) => boolean
  /** Whether proxies in front are known to pass informational answers on. */
  readonly passesHints?: boolean
  readonly failed: (site: string, failure: Failure) => void
  /** Host names of Halftone itself, in lower case and without port. */
  readonly ownHosts: Iterable<string>
}

export interface Sites {
  /** Answers from memory, and their bytes. */
  hits(): { readonly requests: number; readonly bytes: number }
  /** What is answered from memory before anything else. */
  readonly plain: SiteHits['plain']
  /** Whether the host is a site's; whether it is Halftone's own. */
  readonly has: SiteHits['has']
  readonly isOwn: (host: string) => boolean
  /** False when the request's host is no site's. */
  answer(req: IncomingMessage, res: ServerResponse): boolean
  /** Refuses a request for a host that is neither a site's nor our own; false where it is. */
  refuse(req: IncomingMessage, res: ServerResponse): boolean
  /** Whether a request to change the protocol is a site's to answer. */
  takesUpgrade(req: IncomingMessage): boolean
  upgrade(req: IncomingMessage, socket: Duplex, head: Buffer): void
}

export function createSites(options: SitesOptions): Sites {
  const { sites, cache, pictures, pages, failed, passesHints = false } = options
  const own = createOwnHosts([...options.ownHosts].map(hostOf))
  const hosts: HostsOf<Site> = createHosts(sites, new Set([...options.ownHosts].map(hostOf)))
  const clients = createClientSides(options.isTrusted)
  const hits = createSiteHits({
    ...{ cache, siteOf: hosts.find },
    schemeOf: (headers, socket) => schemeOf(headers['x-forwarded-proto'], clients.of(socket)),
  })

  function optionsFor(site: Site, req: IncomingMessage): SitePassOptions {
    return {
      site: site.name,
      cache,
      pictures: pictures && site.pictures && { of: pictures, settings: site.pictures },
      pages: pages && site.pages && { of: pages, site: site.pages },
      dispatcher: site.dispatcher,
      giveBack: site.giveBack,
      origin: site.origin,
      originHost: site.originHost,
      client: { ...clients.of(req.socket), host: req.headers.host ?? '', passesHints },
      failed: (failure) => failed(site.name, failure),
    }
  }

  return {
    hits: hits.count,
    plain: hits.plain,
    has: hits.has,
    isOwn: own.has,
    answer(req, res) {
      if (hits.answer(req, res)) return true
      const site = hosts.find(req.headers.host)
      if (site === undefined) return false
      void pass(req, res, optionsFor(site, req))
      return true
    },
    refuse(req, res) {
      if (own.has(req.headers.host)) return false
      const { status, headers, body } = publicProblem(
        new Failure('unknown-host', 'There is no site of this name here.'),
      )
      res.writeHead(status, { ...headers })
      res.end(req.method === 'HEAD' ? undefined : body)
      return true
    },
    takesUpgrade: (req) => hosts.find(req.headers.host) !== undefined,
    upgrade(req, socket, head) {
      const site = hosts.find(req.headers.host)
      if (site === undefined) return void socket.destroy()
      passUpgrade(req, socket, head, optionsFor(site, req))
    },
  }
}
