// Spans that are sent to a collector by OTLP over HTTP. Loaded only where an endpoint was set.
import { ROOT_CONTEXT, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api'
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http'
import { resourceFromAttributes } from '@opentelemetry/resources'
import {
  BasicTracerProvider,
  BatchSpanProcessor,
  ParentBasedSampler,
  type SpanExporter,
  TraceIdRatioBasedSampler,
} from '@opentelemetry/sdk-trace-base'
import { parseTraceParent, writeTraceParent } from './traceparent.ts'
import type { SpanStart, Tracer } from './tracer.ts'

export interface OtlpOptions {
  /** Of the collector; `/v1/traces` is appended, as OpenTelemetry says. */
  readonly endpoint: string
  /** Sent along, an authorization for instance. */
  readonly headers: Readonly<Record<string, string>>
  /** Share of the traces begun here that are recorded, from 0 to 1. For others the asker decides. */
  readonly ratio: number
  readonly role: string
  readonly version: string
  /** Told when spans could not be sent. */
  readonly failed: (cause: Error | undefined) => void
}

const kinds = { server: SpanKind.SERVER, client: SpanKind.CLIENT, internal: SpanKind.INTERNAL } as const

export function createOtlpTracer(options: OtlpOptions): Tracer {
  const url = `${options.endpoint.replace(/\/$/, '')}/v1/traces`
  const exporter = telling(
    new OTLPTraceExporter({ url, headers: { ...options.headers }, timeoutMillis: 5000 }),
    options.failed,
  )
  const provider = new BasicTracerProvider({
    resource: resourceFromAttributes({
      'service.name': 'halftone',
      'service.version': options.version,
      'halftone.role': options.role,
      'process.pid': process.pid,
    }),
    sampler: new ParentBasedSampler({ root: new TraceIdRatioBasedSampler(options.ratio) }),
    // Bounded: what comes faster than it can be sent is dropped.
    spanProcessors: [new BatchSpanProcessor(exporter, { maxQueueSize: 4096, scheduledDelayMillis: 1000 })],
  })
  const tracer = provider.getTracer('halftone', options.version)
  return {
    begin(name, { parent, kind, startedAt = Date.now() }) {
      const span = tracer.startSpan(name, { kind: kinds[kind], startTime: startedAt }, contextOf(parent))
      const { traceId, spanId, traceFlags } = span.spanContext()
      return {
        traceparent: writeTraceParent({ traceId, spanId, isSampled: (traceFlags & 1) === 1 }),
        end(attributes, failure, endedAt = Date.now()) {
          for (const [key, value] of Object.entries(attributes))
            if (value !== undefined) span.setAttribute(key, value)
          if (failure !== undefined) {
            span.setAttribute('error.type', failure)
            span.setStatus({ code: SpanStatusCode.ERROR })
          }
          span.end(endedAt)
        },
      }
    },
    close: () => provider.shutdown(),
  }
}

function contextOf(parent: SpanStart['parent']) {
  const asked = parseTraceParent(parent)
  if (asked === undefined) return ROOT_CONTEXT
  const { traceId, spanId, isSampled } = asked
  return trace.setSpanContext(ROOT_CONTEXT, {
    ...{ traceId, spanId, isRemote: true },
    traceFlags: isSampled ? 1 : 0,
  })
}

/** The exporter, with a word about each batch that was lost. */
const telling = (exporter: SpanExporter, failed: OtlpOptions['failed']): SpanExporter => ({
  export: (spans, done) =>
    exporter.export(spans, (result) => {
      if (result.code !== 0) failed(result.error)
      done(result)
    }),
  shutdown: () => exporter.shutdown(),
  forceFlush: async () => exporter.forceFlush?.(),
})
