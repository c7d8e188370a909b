// The access log of the API: every request gets an id, and one line when it is answered.
import { randomUUID } from 'node:crypto'
import type { MiddlewareHandler } from 'hono'
import { Failure } from '../../errors.ts'
import { describeCause } from '../../http/error-cause.ts'
import { type Log, levelOf } from '../../log.ts'
import type { ApiEnv } from './parts.ts'

export interface AccessLogEnv extends ApiEnv {
  Variables: { requestId: string }
}

/** Keeps the client's `request-id` where it is 1 to 64 letters, digits or `_.-`; else draws one. */
export function withRequestId(): MiddlewareHandler<AccessLogEnv> {
  return async function identified(c, next) {
    const given = c.req.header('request-id')
    c.set('requestId', given && /^[\w.-]{1,64}$/.test(given) ? given : randomUUID())
    await next()
    c.res.headers.set('request-id', c.get('requestId'))
  }
}

/** Logs the path without its query, which may carry signatures and tokens. */
export function logRequests(log: Log, now: () => number): MiddlewareHandler<AccessLogEnv> {
  return async function logged(c, next) {
    const startedAt = now()
    await next()
    const line = {
      requestId: c.get('requestId'),
      method: c.req.method,
      path: c.req.path,
      status: c.res.status,
      ms: now() - startedAt,
    }
    const { status } = c.res
    const why = whyOf(c.error)
    const told = status >= 500 && c.error ? { ...line, ...why, err: c.error } : { ...line, ...why }
    log[levelOf(status, why.failure)](told, status < 400 ? 'request' : 'request failed')
  }
}

function whyOf(error: Error | undefined): { failure?: string; detail?: string; reason?: string } {
  if (!error) return {}
  const reason = describeCause(error.cause)
  const failure = error instanceof Failure ? { failure: error.kind } : {}
  return { ...failure, detail: error.message, ...(reason !== undefined && { reason }) }
}
