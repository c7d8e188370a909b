// The fast path of sites: a plain request whose answer is whole in memory is answered without parsing anything.
import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { bytesOf, writeReady } from '../http/ready-head.ts'
import type { Headers } from '../tier.ts'
import type { Ready, SiteCache } from './cache/index.ts'
import { hostOf } from './hosts.ts'
import type { Scheme } from './message-headers.ts'
import { pageType } from './pages/touchable.ts'
import { pictureTypes } from './pictures/touchable.ts'

export interface SiteHits {
  /** Answers and returns true, or leaves the response untouched and returns false. */
  answer(req: IncomingMessage, res: ServerResponse): boolean
  /** The answer to a GET whose fields are these, each of them once, ready to be written; undefined for what is not ready. */
  plain(target: string, fields: PlainFields, socket: Socket): PlainAnswer | undefined
  /** Whether the host is a site's. */
  has(host: string): boolean
  /** Answers so far, and the bytes of their bodies. */
  count(): { readonly requests: number; readonly bytes: number }
}

/** What a request says. */
export interface PlainFields {
  readonly host: string
  /** All its fields, by name in lower case. */
  readonly headers: Headers
}

export interface PlainAnswer {
  /** Without the fields of the connection, and without the blank line behind them. */
  readonly head: Buffer
  readonly body: Buffer
  /** It has its own Date. */
  readonly isDated: true
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
  readonly schemeOf: (headers: Headers | IncomingHttpHeaders, socket: Socket) => Scheme
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

  /** Undefined as well where it is not known here which picture the client is to have, or what a page says of its own. */
  function readyFor(host: string | undefined, { scheme, target, headers }: Wanted): Ready | undefined {
    const about = host === undefined || !isPlain(headers) ? undefined : known(host)
    if (about === undefined) return undefined
    const asked = { address: about.addresses[scheme] + target, path: about.path + target, headers }
    const ready = cache.readyNow({ site: about.site, ...asked })
    if (ready === undefined) return undefined
    const { type } = ready
    const isOthers =
      (about.choosesPictures && pictureTypes.has(type)) || (about.addsToPages && type === pageType)
    return isOthers ? undefined : ready
  }

  function count(ready: Ready): void {
    requests++
    bytes += ready.body.length
  }

  return {
    answer(req, res) {
      if (req.method !== 'GET' && req.method !== 'HEAD') return false
      const { url: target = '/', headers, socket } = req
      // Set-Cookie is the one field that Node gives as a list, and no request has it.
      const wanted = { scheme: schemeOf(headers, socket), target, headers: headers as Headers }
      const ready = readyFor(headers.host, wanted)
      if (ready === undefined) return false
      const { head, body } = ready
      res.sendDate = false
      writeReady(res, head)
      if (req.method === 'HEAD' || head.status === 204) res.end()
      else res.end(body)
      count(ready)
      return true
    },
    plain(target, { host, headers }, socket) {
      const ready = readyFor(host, { scheme: schemeOf(headers, socket), target, headers })
      const head = ready && bytesOf(ready.head)
      if (!head) return undefined
      count(ready)
      return { head, body: ready.body, isDated: true }
    },
    has: (host) => known(host) !== undefined,
    count: () => ({ requests, bytes }),
  }
}

interface Wanted {
  readonly scheme: Scheme
  readonly target: string
  readonly headers: Headers
}

/** Fields of a request that wants something other than the whole answer, or has a body. */
const telling = [
  ...['range', 'if-range', 'cache-control', 'pragma', 'if-none-match', 'if-modified-since', 'if-match'],
  ...['if-unmodified-since', 'content-length', 'transfer-encoding'],
] as const

function isPlain(headers: Headers): boolean {
  for (const name of telling) if (headers[name] !== undefined) return false
  return true
}
