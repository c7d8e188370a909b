// The sites of this process: a guarded way to each one's server, which knows no other.
import { createGuard } from '../fetch/guard.ts'
import { createSites, type Sites } from '../site/index.ts'
import type { Assembly } from './context.ts'

export function assembleSites({ config, log, metrics, closing }: Assembly): Sites | undefined {
  if (config.sites.size === 0) return undefined
  const sites = [...config.sites].map(([name, { hosts, origin, originHost, allowAddresses }]) => {
    const { connectMs } = config
    const dispatcher = createGuard({
      allowAddresses,
      connectMs,
      connections: connectionsPerSite,
      bodyMs: idleMs,
    })
    closing.push(() => dispatcher.destroy())
    return { name, hosts, origin: new URL(origin).origin, originHost, dispatcher }
  })
  return createSites({
    sites,
    isTrusted: () => false,
    failed: (site, failure) => {
      metrics.outcome('site', failure.kind)
      log.warn({ site, kind: failure.kind, err: failure.details.cause }, 'a request of a site failed')
    },
  })
}

/** Streams and open sockets hold theirs for as long as they last. */
const connectionsPerSite = 1024
/** A stream of events may be silent for minutes. */
const idleMs = 600_000
