// The sites of this process: a guarded way to each one's server, which knows no other, and one cache before them all.
import { parseAddressRules } from '../fetch/addresses.ts'
import { createGuard } from '../fetch/guard.ts'
import { giveBack } from '../fetch/read-buffers.ts'
import { createClientAddresses } from '../limits/index.ts'
import { type Announcements, createAnnouncements } from '../site/announcements.ts'
import { createSiteCache } from '../site/cache/index.ts'
import { createSites, type Sites } from '../site/index.ts'
import { createSitePages, pagesOf } from '../site/pages/index.ts'
import { createTurns } from '../site/turns.ts'
import type { Assembly } from './context.ts'
import { ownHosts } from './own-hosts.ts'
import type { Purging } from './purging.ts'
import { assembleSitePictures, type PictureTiers, pictureSettings } from './site-pictures.ts'
import { assembleSiteStore } from './site-store.ts'

export function assembleSites(
  assembly: Assembly,
  tiers: PictureTiers,
  purging: Pick<Purging, 'everywhere' | 'isShared'>,
): Sites {
  const { config, log, metrics, closing, epochs, now } = assembly
  const cache = createSiteCache({
    store: assembleSiteStore(assembly),
    epochs,
    ...(now && { now }),
    observe: (outcome) => metrics.outcome('site', outcome),
    ...(purging.isShared && announcements(assembly, purging)),
  })
  closing.push(() => cache.idle())
  const turn = createTurns()
  const better = assembleSitePictures(assembly, tiers, turn)
  const pages = createSitePages({
    ...{ cache, turn },
    ...(now && { now }),
    // Of what the sites' answers may take.
    memoryBytes: Math.max(1, Math.floor(config.siteMemoryBytes / 8)),
  })
  closing.push(() => pages.idle())
  const sites = [...config.sites].map(([name, written]) => {
    const { hosts, origin, originHost, allowAddresses, html } = written
    const pictures = pictureSettings(written.pictures)
    const { connectMs } = config
    const dispatcher = createGuard({
      allowAddresses,
      connectMs,
      connections: connectionsPerSite,
      bodyMs: idleMs,
      lendsBuffers: true,
    })
    closing.push(() => dispatcher.destroy())
    return {
      ...{ name, hosts, origin: new URL(origin).origin, originHost, dispatcher, giveBack },
      pictures,
      pages: html && pagesOf(html, pictures),
    }
  })
  const { isTrusted } = createClientAddresses({
    trusted: parseAddressRules(config.trustedProxies),
    header: config.forwardedHeader,
  })
  const made = createSites({
    sites,
    cache,
    pictures: better,
    pages,
    // The nginx that `halftone nginx` writes passes none on, whatever stands in front of it.
    passesHints: config.proxiesPassHints && !config.behindNginx,
    ownHosts: ownHosts(config),
    isTrusted: (remoteAddress) => isTrusted({ headers: {}, socket: { remoteAddress } }),
    failed: (site, failure) => {
      metrics.outcome('site', failure.kind)
      log.warn({ site, kind: failure.kind, err: failure.details.cause }, 'a request of a site failed')
    },
  })
  metrics.hits('site', made.hits)
  return made
}

/** A request that changed something here has changed it for the caches of all members (RFC 9111 4.4). */
const announcements = ({ log }: Assembly, { everywhere }: Pick<Purging, 'everywhere'>): Announcements =>
  createAnnouncements({
    tell: (paths) =>
      everywhere(paths.map((value) => ({ target: { kind: 'address', value }, isSoft: false }))),
    failed: (err) => log.warn({ err }, 'others may not have heard of what a request has changed'),
  })

/** Streams and open sockets hold theirs for as long as they last. */
const connectionsPerSite = 1024
/** A stream of events may be silent for minutes. */
const idleMs = 600_000
