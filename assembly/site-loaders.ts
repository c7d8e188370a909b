// Where an origin gets pictures of sites from: this process, where it has just answered with one, or the site's server.
import type { Config } from '../config.ts'
import { createGuard } from '../fetch/guard.ts'
import type { Loader } from '../origin/index.ts'
import { createSiteLoader } from '../origin/loaders/site.ts'
import { fetchOriginal } from '../site/pictures/fetch-original.ts'
import { sourceOfSite } from '../site/pictures/index.ts'
import type { Assembly } from './context.ts'

export const siteLoaders = (assembly: Assembly): readonly (readonly [string, Loader])[] =>
  [...assembly.config.sites]
    .filter(([, { pictures }]) => pictures !== false)
    .map(([name, site]) => [sourceOfSite(name), siteLoader(assembly, site)] as const)

type SiteConfig = NonNullable<ReturnType<Config['sites']['get']>>

function siteLoader({ config, originals, closing }: Assembly, site: SiteConfig): Loader {
  const dispatcher = createGuard({ allowAddresses: site.allowAddresses, connectMs: config.connectMs })
  closing.push(() => dispatcher.destroy())
  const from = { dispatcher, origin: new URL(site.origin).origin, originHost: site.originHost }
  return createSiteLoader({
    find: async (digest) => originals.find(digest)?.(),
    fetch: (url, signal) => fetchOriginal(url, { ...from, maxBytes: config.maxSourceBytes }, signal),
  })
}
