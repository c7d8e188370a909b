// `halftone`: listens until it is told to stop, then finishes what it has begun.
import { type Config, isLoopback } from '../config.ts'
import { createLog } from '../log.ts'
import { createHalftone } from '../main.ts'
import { createMetrics } from '../metrics.ts'
import { listen } from '../wire/server.ts'

export async function serve(config: Config, version: string): Promise<void> {
  const log = createLog(config.logLevel, config.roles.join('+'))
  const halftone = await createHalftone({ config, log, metrics: createMetrics(), version })
  const server = await listen({ host: config.host, port: config.port, listener: halftone.listener })
  log.info(
    { url: server.url, roles: config.roles, sources: [...config.sources.keys()], version },
    'listening',
  )
  if (process.stdout.isTTY) console.log(`\n  Halftone ${version} is at ${server.url}\n`)
  if (!isLoopback(config.host) && !config.metricsToken)
    log.warn('/metrics is closed: set HALFTONE_METRICS_TOKEN to read it')

  const stop = async (signal: string) => {
    log.info({ signal }, 'draining')
    halftone.drain()
    await server.close(config.drainMs)
    await halftone.close()
    log.info('stopped')
    process.exit(0)
  }
  // A second signal ends it at once: Node's own behaviour, because `once` has removed ours by then.
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => void stop(signal))
}
