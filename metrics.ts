// What Halftone counts, in Prometheus' words. Tiers are handed the small functions they call, never this file.
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'

export interface Metrics {
  readonly registry: Registry
  /** One request answered by `tier`: `outcome` is a word of Cache-Status, or the failure's kind. */
  outcome(tier: string, outcome: string): void
  rendered(format: string, seconds: number): void
  /** A source was decoded so many times for one picture. */
  decoded(times: number): void
  /** One request refused by a limit about keys, addresses or sources. */
  limited(scope: string): void
  /** Bytes of pictures of sites that were not sent, because there was a better picture. */
  saved(bytes: number): void
  /** A first answer had its turn to become better; the better one has so many bytes less. */
  improved(outcome: string, savedBytes: number): void
  /** Counts kept elsewhere as plain numbers, because the hit path has no time for labels; read when asked for. */
  hits(tier: string, read: () => { readonly requests: number; readonly bytes: number }): void
  /** Reads the current value whenever somebody asks for the metrics. */
  gauge(name: string, about: string, read: () => number): void
}

const renderBuckets = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20]

export function createMetrics(): Metrics {
  const registry = new Registry()
  collectDefaultMetrics({ register: registry })
  const registers = [registry]
  const beforeReading: (() => void)[] = []
  const requests = new Counter({
    name: 'halftone_requests_total',
    help: 'Requests by tier and outcome.',
    labelNames: ['tier', 'outcome'],
    registers,
    collect: () => {
      for (const read of beforeReading) read()
    },
  })
  const bytes = new Counter({
    name: 'halftone_hit_bytes_total',
    help: 'Bytes of bodies sent by the fast path, by tier.',
    labelNames: ['tier'],
    registers,
  })
  const renders = new Histogram({
    name: 'halftone_render_seconds',
    help: 'Time a worker spent on one picture, by format.',
    labelNames: ['format'],
    buckets: renderBuckets,
    registers,
  })
  const decodes = new Counter({
    name: 'halftone_decodes_total',
    help: 'Times that a source was decoded; pictures of one source that are wanted together share it.',
    registers,
  })
  const limited = new Counter({
    name: 'halftone_limited_total',
    help: 'Requests that a limit refused, by what the limit is about: key, address or source.',
    labelNames: ['scope'],
    registers,
  })
  const saved = new Counter({
    name: 'halftone_site_saved_bytes_total',
    help: 'Bytes of the pictures of sites that were saved: of the original, less those of what was sent.',
    registers,
  })
  const improvements = new Counter({
    name: 'halftone_improvements_total',
    help: 'First answers that had a turn to become better, by outcome: better, same, gone, failed, dropped.',
    labelNames: ['outcome'],
    registers,
  })
  const improvedBytes = new Counter({
    name: 'halftone_improved_bytes_total',
    help: 'Bytes by which better pictures were smaller than the first answers that they replaced.',
    registers,
  })
  return {
    registry,
    improved: (outcome, savedBytes) => {
      improvements.inc({ outcome })
      improvedBytes.inc(Math.max(0, savedBytes))
    },
    saved: (bytes) => saved.inc(bytes),
    outcome: (tier, outcome) => requests.inc({ tier, outcome }),
    rendered: (format, seconds) => renders.observe({ format }, seconds),
    decoded: (times) => decodes.inc(times),
    limited: (scope) => limited.inc({ scope }),
    hits: (tier, read) => {
      const hits = requests.labels({ tier, outcome: 'hit' })
      const sent = bytes.labels({ tier })
      const told = { requests: 0, bytes: 0 }
      beforeReading.push(() => {
        const now = read()
        hits.inc(now.requests - told.requests)
        sent.inc(now.bytes - told.bytes)
        Object.assign(told, now)
      })
    },
    gauge: (name, help, read) => {
      new Gauge({
        name,
        help,
        registers,
        collect() {
          this.set(read())
        },
      })
    },
  }
}
