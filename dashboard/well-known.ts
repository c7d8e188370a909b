// What browsers and crawlers ask every host for without being told to.
import { readFileSync } from 'node:fs'
import { Hono } from 'hono'

/** The mark at 16 and 32 pixels, as PNGs in one ICO. */
const icon = readFileSync(new URL('./favicon.ico', import.meta.url))

/** Pictures may be found; there is nothing to read in the APIs and the operator's paths. */
const robots = `User-agent: *
Disallow: /v1/
Disallow: /_halftone/options
Disallow: /optimise
Disallow: /usage
Disallow: /webhooks
Disallow: /metrics
Disallow: /healthz
Disallow: /readyz
`

const aDay = { 'cache-control': 'public, max-age=86400', 'x-content-type-options': 'nosniff' }

export function wellKnown(): Hono {
  const app = new Hono()
  app.get('/favicon.ico', (c) =>
    c.body(new Uint8Array(icon), 200, { ...aDay, 'content-type': 'image/x-icon' }),
  )
  app.get('/robots.txt', (c) => c.text(robots, 200, aDay))
  return app
}
