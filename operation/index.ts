// What an operator's tools ask: alive, ready, metrics. Answered on the main thread, so also while the queue is full.
import { type Context, Hono } from 'hono'
import type { Registry } from 'prom-client'
import { isFromLoopback } from '../http/loopback-client.ts'
import { reservedPaths } from '../http/reserved-paths.ts'
import { createSecretCheck } from '../http/secret.ts'

export interface OperationOptions {
  readonly registry: Pick<Registry, 'contentType' | 'metrics'>
  /** Bearer token for /metrics. */
  readonly metricsToken?: string
  /** Whether this server is for this machine alone: only then, and only to who is near, are metrics shown without a token. */
  readonly isPrivate: boolean
  /** Why the process should get no new requests, if it should not: draining, or every upstream down. */
  readonly notReady: () => string | undefined
  /** What else is told of a process at /readyz, ready or not. */
  readonly details?: () => Readonly<Record<string, string>>
  readonly version: string
}

/** The paths answered here, so that a listener without the framework can tell them apart. */
export const operationPaths: ReadonlySet<string | undefined> = new Set(
  reservedPaths.operation.map((first) => `/${first}`),
)

export function createOperation({
  registry,
  metricsToken,
  isPrivate,
  notReady,
  details = () => ({}),
  version,
}: OperationOptions): Hono {
  const app = new Hono()
  const hasToken = metricsToken === undefined ? undefined : createSecretCheck([`Bearer ${metricsToken}`])
  const mayRead = (c: Context): boolean =>
    hasToken ? hasToken(c.req.header('authorization')) : isPrivate && isFromLoopback(c)

  app.get('/healthz', (c) => c.json({ status: 'ok', version }, 200, { 'cache-control': 'no-store' }))

  app.get('/readyz', (c) => {
    const reason = notReady()
    const headers = { 'cache-control': 'no-store' }
    return reason === undefined
      ? c.json({ status: 'ready', ...details() }, 200, headers)
      : c.json({ status: 'not ready', reason, ...details() }, 503, headers)
  })

  app.get('/metrics', async (c) => {
    if (!mayRead(c))
      return c.json({ status: 401, detail: 'Set HALFTONE_METRICS_TOKEN and send it as a bearer token.' }, 401)
    return c.text(await registry.metrics(), 200, {
      'content-type': registry.contentType,
      'cache-control': 'no-store',
    })
  })

  return app
}
