// Traces of this process: sent to the collector that the configuration names, or not made at all.
import { headersIn } from '../config/kinds.ts'
import { withoutSignature } from '../log.ts'
import type { Tracer } from '../tracing/tracer.ts'
import type { Assembly } from './context.ts'

/** A collector that is gone is told of once a minute, not with each batch. */
const quietMs = 60_000

/** Imported only where it is wanted: OpenTelemetry is much to load. */
export async function assembleTracing({
  config,
  log,
  version,
  closing,
  now = Date.now,
}: Assembly): Promise<Tracer | undefined> {
  const { otlpEndpoint, otlpHeaders, traceShare } = config
  if (otlpEndpoint === '') return undefined
  const { createOtlpTracer } = await import('../tracing/otlp.ts')
  let toldAt = Number.NEGATIVE_INFINITY
  const tracer = createOtlpTracer({
    endpoint: otlpEndpoint,
    headers: headersIn(otlpHeaders) ?? {},
    ratio: traceShare,
    role: config.roles.join('+'),
    version,
    failed: (cause) => {
      if (now() - toldAt < quietMs) return
      toldAt = now()
      log.warn(
        { endpoint: withoutSignature(otlpEndpoint), reason: cause?.message },
        'traces could not be sent',
      )
    },
  })
  closing.push(() => tracer.close().catch(() => {}))
  return tracer
}
