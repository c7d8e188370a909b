// The page a person looks at first: what this server makes of its sample pictures, measured, and a box to try more.
import { Hono } from 'hono'
import { gallery } from './gallery.ts'
import { securityPolicy, startPage } from './page.ts'

export interface DashboardOptions {
  readonly version: string
  /** Which parts run in this process: edge, shield, origin, api. */
  readonly roles: readonly string[]
  /** Names of pictures under `/samples/`; none of the demo is shown without them. */
  readonly samples: readonly string[]
  /** Where the documentation is to be read; without it the page names the README that came along. */
  readonly docsUrl?: string
}

export function dashboard(options: DashboardOptions): Hono {
  const { version, roles, samples, docsUrl } = options
  const page = startPage({ version, roles, docsUrl, shown: gallery(samples) })
  const app = new Hono()
  app.get('/', (c) => {
    c.header('content-security-policy', securityPolicy)
    c.header('referrer-policy', 'same-origin')
    c.header('x-content-type-options', 'nosniff')
    // The page is small and changes with the version: it is asked for each time.
    c.header('cache-control', 'no-cache')
    return c.html(page)
  })
  return app
}
