// From what somebody wants purged of sites to what the log of purges takes. Pure.
import { Failure } from '../errors.ts'
import type { Purge, PurgeOrder, Target } from '../purging/index.ts'
import { siteKey } from './cache/index.ts'
import { hostOf } from './hosts.ts'

/** Which site a host is; undefined where it is none's. */
export type SiteOf = (host: string) => { readonly name: string } | undefined

export interface SitePurges {
  readonly purges: readonly Purge[]
  /** What of the order is not about sites; undefined where nothing is left. */
  readonly rest: PurgeOrder | undefined
}

/** Throws 'unknown-source' for a site that there is not. */
export function sitePurgesOf(order: PurgeOrder, siteOf: SiteOf, names: ReadonlySet<string>): SitePurges {
  const { sites = [], urls = [], prefixes = [], ...others } = order
  const isOfSite = (written: string): boolean => addressIn(written, siteOf) !== undefined
  const targets = [
    ...sites.map((name) => siteTarget(name, names)),
    ...urls.flatMap((written) => targetIn('address', written, siteOf)),
    ...prefixes.flatMap((written) => targetIn('prefix', written, siteOf)),
  ]
  const rest: PurgeOrder = {
    ...others,
    urls: urls.filter((each) => !isOfSite(each)),
    prefixes: prefixes.filter((each) => !isOfSite(each)),
  }
  const isSoft = order.isSoft ?? false
  return {
    purges: targets.map((target) => ({ target, isSoft })),
    rest: targets.length > 0 && isEmpty(rest) ? undefined : rest,
  }
}

function isEmpty({ urls, pictures, keys, prefixes, sources, everything }: PurgeOrder): boolean {
  return (
    everything !== true &&
    [urls, pictures, keys, prefixes, sources].every((list) => (list ?? []).length === 0)
  )
}

function siteTarget(name: string, names: ReadonlySet<string>): Target {
  if (names.has(name)) return { kind: 'key', value: siteKey(name) }
  throw new Failure('unknown-source', `There is no site named '${name.slice(0, 100)}'.`, { option: 'sites' })
}

function targetIn(kind: 'address' | 'prefix', written: string, siteOf: SiteOf): readonly Target[] {
  const value = addressIn(written, siteOf)
  return value === undefined ? [] : [{ kind, value }]
}

/** `//host/path?query`, of http and https alike; undefined for what is no whole address of a site. */
function addressIn(written: string, siteOf: SiteOf): string | undefined {
  const [, host = '', path = ''] = /^https?:\/\/([^/?#]+)([^#]*)/i.exec(written.trim()) ?? []
  if (host === '' || siteOf(host) === undefined) return undefined
  return `//${hostOf(host)}${path.startsWith('/') ? path : `/${path}`}`
}
