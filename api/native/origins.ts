// What a page of another origin may do: show and read a result, whose address it knows, and read the description. All
// else needs a key, and a key has no business in a page.
import type { MiddlewareHandler } from 'hono'
import type { NativeEnv } from './guard.ts'

export const openPaths = ['/results/*', '/openapi.json'] as const
export const openMethods = 'GET, HEAD, OPTIONS'

const open = {
  'access-control-allow-origin': '*',
  'access-control-expose-headers': '*',
  'cross-origin-resource-policy': 'cross-origin',
  'timing-allow-origin': '*',
}

/** Also where there is nothing: a page is to learn that a result has expired. */
export function toAnyOrigin(): MiddlewareHandler<NativeEnv> {
  return async function toAnyOrigin(c, next) {
    await next()
    for (const [name, value] of Object.entries(open)) c.res.headers.set(name, value)
  }
}

/** A day: longer than any browser keeps it. */
export const preflight = {
  'access-control-allow-methods': openMethods,
  'access-control-allow-headers': '*',
  'access-control-max-age': '86400',
}
