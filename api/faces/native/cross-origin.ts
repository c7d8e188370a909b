// Which paths a page of another origin may read: results, whose address it must know, and the description. All other
// paths need a key, and a key does not belong in a page.
import type { MiddlewareHandler } from 'hono'
import { forAnyOrigin } from '../../../http/cors.ts'
import type { NativeEnv } from './authenticate.ts'

export const openPaths = ['/results/*', '/openapi.json'] as const

/** Also where there is nothing: a page is to learn that a result has expired. */
export function toAnyOrigin(): MiddlewareHandler<NativeEnv> {
  return async function toAnyOrigin(c, next) {
    await next()
    for (const [name, value] of Object.entries(forAnyOrigin)) c.res.headers.set(name, value)
  }
}
