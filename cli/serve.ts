// `halftone`: listens until it is told to stop, then finishes what it has begun.
import { setTimeout } from 'node:timers/promises'
import { type Config, ConfigFault, isDemoOpen, isPrivate } from '../config.ts'
import { createLog, type Log } from '../log.ts'
import { createHalftone, type Halftone } from '../main.ts'
import { createMetrics } from '../metrics.ts'
import { type Listening, listen } from '../wire/server.ts'
import { giveBackMemory } from '../work/give-back.ts'
import { startEdges, startsOthers } from './edge-processes.ts'
import { joinSiblings } from './siblings.ts'

export async function serve(config: Config, version: string): Promise<void> {
  if (startsOthers(config)) return startEdges(config)
  const { promise: told, resolve: tell } = Promise.withResolvers<string>()
  const log = createLog(config.logLevel, config.roles.join('+'), () => tell('the log is closed'))
  const metrics = createMetrics()
  const siblings = joinSiblings(metrics.registry)
  const halftone = await createHalftone({ config, log, metrics, version, siblings })
  // Reading and compiling takes half as much again as what stays of it.
  giveBackMemory()
  const server = await listening(config, halftone)
  log.info(
    {
      url: server.url,
      roles: config.roles,
      sources: [...config.sources.keys()],
      sites: [...config.sites.keys()],
      version,
    },
    'listening',
  )
  if (process.stdout.isTTY) console.log(`\n  Halftone ${version} is at ${server.url}\n`)
  if (!isPrivate(config) && !config.metricsToken)
    log.warn('/metrics is closed: set HALFTONE_METRICS_TOKEN to read it')
  if (isDemoOpen(config))
    log.warn(
      'the start page shows the key of the demo project, and /metrics is open, to whoever comes from this machine: with a proxy in front set HALFTONE_PUBLIC_URL, or HALFTONE_DEMO=false and HALFTONE_METRICS_TOKEN',
    )

  // A second signal ends it at once: Node's own behaviour, because `once` has removed ours by then.
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => tell(signal))
  const reason = await told
  halftone.drain()
  await stayReachable(config, log)
  log.info({ reason }, 'draining')
  await server.close(config.drainMs)
  // A picture in the middle of libvips cannot be stopped, and nobody waits for it any more.
  const isClosed = await Promise.race([halftone.close().then(() => true), setTimeout(config.drainMs, false)])
  log.info(isClosed ? 'stopped' : 'stopped before everything was closed')
  process.exit(0)
}

/** A balancer that sends a request only once must see /readyz before it finds the port closed. */
async function stayReachable({ lameDuckMs }: Config, log: Log): Promise<void> {
  if (lameDuckMs === 0) return
  log.info({ lameDuckMs }, 'not ready any more, and still accepting')
  await setTimeout(lameDuckMs)
}

/** The address between tiers carries more options than the visitor's, so it may be longer. */
const internal = { maxTargetBytes: 16_384, maxHeaderBytes: 32_768 }

const longestUploadMs = 3_600_000

/** An address that cannot be listened on is the operator's to mend, and is told like any other fault of the settings. */
async function listening(config: Config, halftone: Halftone): Promise<Listening> {
  const { host, port, requestMs, stallMs } = config
  // A large upload to a site may take long; whoever stops sending is found by `stallMs`.
  const wholeMs = config.sites.size > 0 ? Math.max(requestMs, longestUploadMs) : requestMs
  const limits = { requestMs: wholeMs, stallMs, ...(config.roles.includes('edge') ? {} : internal) }
  try {
    const { listener, plain, upgrades } = halftone
    return await listen({ host, port, listener, plain, upgrades, limits })
  } catch (error) {
    await halftone.close()
    const { code } = error as NodeJS.ErrnoException
    if (code === 'EADDRINUSE') throw new ConfigFault([`PORT: ${port} is taken by another process`])
    if (code === 'EACCES') throw new ConfigFault([`PORT: this user may not listen on ${port}`])
    if (code === 'EADDRNOTAVAIL') throw new ConfigFault([`HOST: ${host} is not an address of this machine`])
    throw error
  }
}
