// Pictures from web servers: below one base address, or any address whose host is on the list (the web proxy).
import { createHash } from 'node:crypto'
import { createCache } from '../../cache/index.ts'
import type { Store } from '../../cache/store.ts'
import type { Share } from '../../cluster/share.ts'
import { Failure, type FailureKind } from '../../errors.ts'
import { createDownload, digestHeader } from '../../fetch/download.ts'
import { createGuard, type Resolve } from '../../fetch/guard.ts'
import { parseHostRule, permit, ruleFor } from '../../fetch/hosts.ts'
import { parseRetryAfter } from '../../http/dates.ts'
import { lifetimes } from '../../http/policy.ts'
import { failureHeader, reasonHeader } from '../../problem.ts'
import type { Epochs } from '../../purging/index.ts'
import { type Answer, type Headers, requireHeld, type Tier } from '../../tier.ts'
import { cachingOf } from '../caching.ts'
import type { Loader, Source } from '../loader.ts'
import { shareDownload } from '../shared-work.ts'

export interface HttpOptions {
  /** 'https://site.example/pictures/': paths are looked up below it. Without it, only whole addresses are. */
  readonly base?: string
  /** Hosts that may be asked besides the base's own, by whole addresses or redirects: 'a.example', '*.a.example:8080'. */
  readonly allowHosts?: readonly string[]
  /** Addresses or CIDRs that are not public and still allowed. */
  readonly allowAddresses?: readonly string[]
  /** Sent with every request to the host that was asked, never to where it redirects. */
  readonly headers?: Headers
  readonly maxBytes: number
  readonly connectMs: number
  readonly idleMs: number
  readonly totalMs: number
  readonly maxRedirects: number
  /** Where the source's server says nothing. */
  readonly freshSeconds: number
  readonly staleIfErrorSeconds: number
  /** Takes `freshSeconds` whatever the source's server says. */
  readonly ignoreCacheControl?: boolean
  /** The source cache. */
  readonly store: Store
  readonly resolve?: Resolve
  /** Downloads are shared with other members, where there are any. */
  readonly share?: Share | undefined
  /** What was purged. */
  readonly epochs?: Epochs
  readonly now?: () => number
  readonly observe?: Parameters<typeof createCache>[0]['observe']
}

export interface HttpLoader extends Loader {
  /** Resolves when nothing is being fetched in the background. */
  idle(): Promise<void>
  close(): Promise<void>
}

export function createHttpLoader(options: HttpOptions): HttpLoader {
  const { now = Date.now } = options
  const base = options.base === undefined ? undefined : new URL(options.base)
  const rules = [...(base ? [ruleFor(base)] : []), ...(options.allowHosts ?? []).map(parseHostRule)]
  const dispatcher = createGuard(options)
  const download = createDownload({ ...options, headers: options.headers ?? {}, dispatcher, rules })
  const scope = scopeOf(options)
  const scoped: Tier = (ask) => download({ ...ask, path: ask.path.slice(scope.length) })
  const { share } = options
  const upstream = share ? shareDownload(scoped, { share, defaults: defaultsOf(options), now }) : scoped
  const cache = createSourceCache(options, upstream, now)
  return {
    async load(path, signal, wish = {}) {
      const url = permit(isWhole(path) ? path : below(base, path), rules)
      const answer = await cache.answer(
        { path: `${scope}/${url.href}`, headers: wish.headers ?? {}, signal },
        wish.about,
      )
      if (answer.status !== 200) throw failureOf(answer, now())
      return sourceOf(answer, { now: now(), freshSeconds: options.freshSeconds })
    },
    idle: () => cache.idle(),
    close: () => dispatcher.close(),
  }
}

/**
 * Loaders may share a store, but what one may see, with its credentials or inside a private network, is not for the
 * others: only loaders with the same rights and the same idea of freshness share entries.
 */
function scopeOf(options: HttpOptions): string {
  const { headers = {}, allowAddresses = [], ignoreCacheControl, freshSeconds, staleIfErrorSeconds } = options
  const rights = [headers, allowAddresses, ignoreCacheControl ?? false, freshSeconds, staleIfErrorSeconds]
  return `/${createHash('sha256').update(JSON.stringify(rights)).digest('base64url').slice(0, 16)}`
}

/** The download's own deadline comes first: it knows better what to say. */
const flightMarginMs = 5_000

/** Freshness, revalidation, merging of downloads and stale service are the engine's; ours is only what is assumed. */
function createSourceCache(options: HttpOptions, download: Tier, now: () => number) {
  const { freshSeconds, store, observe, epochs } = options
  return createCache({
    name: 'halftone-source',
    store,
    upstream: options.ignoreCacheControl ? withOwnFreshness(download, freshSeconds) : download,
    now,
    flightMs: options.totalMs + flightMarginMs,
    defaults: defaultsOf(options),
    ...(observe && { observe }),
    ...(epochs && { epochs }),
  })
}

const defaultsOf = ({ freshSeconds, staleIfErrorSeconds }: HttpOptions) => ({
  defaultFreshSeconds: freshSeconds,
  defaultStaleIfErrorSeconds: staleIfErrorSeconds,
})

/** A picture found is fresh for so long; failures keep the lifetimes that problem.ts gives them. */
function withOwnFreshness(download: Tier, freshSeconds: number): Tier {
  return async (ask) => {
    const answer = await download(ask)
    if (answer.headers[failureHeader]) return answer
    const { age, date, expires, vary, 'cdn-cache-control': cdn, ...rest } = answer.headers
    return { ...answer, headers: { ...rest, 'cache-control': `max-age=${freshSeconds}` } }
  }
}

const isWhole = (path: string): boolean => /^https?:\/\//i.test(path)

/** What leads up: plain, or where a server decodes first. */
const climbs = /(?:^|\/|\\|%2f|%5c)(?:\.|%2e){1,2}(?:$|\/|\\|%2f|%5c)/i

/** The path goes on as it was written: `%2F`, `//` and bytes that are no UTF-8 are names of the other server's. */
function below(base: URL | undefined, path: string): string {
  if (base === undefined || climbs.test(path))
    throw new Failure('source-missing', 'There is no picture at this path.')
  const url = new URL(base)
  url.pathname = `${base.pathname.replace(/\/$/, '')}/${path}`
  return url.href
}

/** What the engine calls upstream is the source's server here. */
const named: Readonly<Record<string, FailureKind>> = {
  'upstream-failed': 'source-failed',
  'upstream-late': 'source-late',
}

/** The failure of a problem answer. One that came from the cache is kept only for the rest of its lifetime. */
function failureOf({ status, headers, body }: Answer, now: number): Failure {
  const kind = headers[failureHeader] ?? 'source-failed'
  const { detail } = JSON.parse(body.toString()) as { detail: string }
  const retryAfterSeconds = parseRetryAfter(headers['retry-after'], now)
  const life = lifetimes({ status, headers }, now)
  const keepSeconds = life.storable ? Math.floor((life.times.freshUntil - now) / 1000) : 0
  return new Failure(named[kind] ?? (kind as FailureKind), detail, {
    cause: headers[reasonHeader],
    keepSeconds,
    ...(retryAfterSeconds !== undefined && { retryAfterSeconds }),
  })
}

interface SourceClock {
  readonly now: number
  readonly freshSeconds: number
}

function sourceOf(answer: Answer, { now, freshSeconds }: SourceClock): Source {
  const { headers, body } = requireHeld(answer)
  const version = `sha256-${headers[digestHeader] ?? ''}`
  const modified = headers['last-modified']
  return {
    version,
    caching: cachingOf(headers, now, freshSeconds),
    ...(modified && { lastModified: modified }),
    // From the network the bytes are shared already; from a disk they are copied once for all who ask now.
    read: async () => body,
  }
}
