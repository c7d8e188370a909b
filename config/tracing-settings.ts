// The settings of traces, by the names that OpenTelemetry gives them.
import { z } from 'zod'
import { headerList, httpUrl, share } from './kinds.ts'
import { setting } from './setting.ts'

export const tracingSettings = {
  otlpEndpoint: setting(
    'OTEL_EXPORTER_OTLP_ENDPOINT',
    httpUrl().or(z.literal('')),
    '',
    'Collector that traces are sent to, by OTLP over HTTP: http://127.0.0.1:4318. Without it nothing is traced.',
  ),
  otlpHeaders: setting(
    'OTEL_EXPORTER_OTLP_HEADERS',
    headerList(),
    '',
    'Sent to the collector with each batch: authorization=Bearer%20abc,x-team=pictures.',
  ),
  traceShare: setting(
    'OTEL_TRACES_SAMPLER_ARG',
    share(),
    1,
    'Share of the traces begun here that are recorded, from 0 to 1. A trace that began elsewhere is recorded if it is recorded there.',
  ),
}
