// A span for each request that an edge's fast path did not answer. The fast path knows nothing of traces.
import type { HttpBindings } from '@hono/node-server'
import type { MiddlewareHandler } from 'hono'
import { namesIn } from './traced-tier.ts'
import type { Tracer } from './tracer.ts'

/** Behind it the request itself says that this span asks. */
export function traceRequests(tracer: Tracer): MiddlewareHandler<{ Bindings: HttpBindings }> {
  return async function traced(c, next) {
    const { incoming } = c.env
    const { traceparent } = incoming.headers
    const span = tracer.begin('edge', {
      parent: typeof traceparent === 'string' ? traceparent : undefined,
      kind: 'server',
    })
    incoming.headers.traceparent = span.traceparent
    await next()
    const { status, headers } = c.res
    const { source, path } = namesIn(incoming.url ?? '/')
    span.end(
      {
        ...{ 'http.request.method': c.req.method, 'url.path': path, 'halftone.source': source },
        'http.response.status_code': status,
        'http.response.body.size': Number(headers.get('content-length') ?? 0),
        'halftone.request_id': headers.get('request-id') ?? undefined,
        'halftone.cache': headers.get('cache-status')?.split(',').at(-1)?.trim(),
        'halftone.format': headers.get('content-type') ?? undefined,
      },
      status >= 500 ? String(status) : undefined,
    )
  }
}
