// The address by which the tiers know a picture of a site: its web address, the digest of its bytes, and what is made of it.
import { clientOf } from '../../edge/negotiate.ts'
import { siteSourcePrefix } from '../../http/reserved-paths.ts'
import type { Headers } from '../../tier.ts'
import { exact, exactPath, type Options, parse } from '../../transforms/index.ts'

/**
 * The source of a site's pictures. No source of the configuration may have such a name, and the edge knows none: nobody
 * can ask for it from outside.
 */
export const sourceOfSite = (site: string): string => `${siteSourcePrefix}${site}`

/** The format as the client takes it, the quality by what is seen, authors and copyright kept. */
const always = 'auto=format&q=auto&fit=max&meta=copyright'

/** `written`: further options, as a query; they come first. */
export const optionsOf = (written = ''): Options => parse([written, always].filter(Boolean).join('&'))

export interface Original {
  readonly site: string
  /** Scheme, host, path and query. */
  readonly url: string
  /** SHA-256 of its bytes, in Base64 for URLs. */
  readonly digest: string
}

/** Throws 'bad-address' for what the tiers take for no safe path. */
export const pathOf = ({ site, url, digest }: Original, options: Options, headers: Headers): string =>
  exactPath(sourceOfSite(site), pinned(url, digest), exact(options, clientOf(headers)))

// A fragment never reaches a server.
const pinned = (url: string, digest: string): string => `${url}#${digest}`
