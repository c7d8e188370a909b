// The pages a person looks at: what this server makes of its samples, its options, a page to optimise pictures, webhooks, usage.
import { type Context, Hono } from 'hono'
import { isFromLoopback } from '../http/loopback-client.ts'
import { assets } from './assets.ts'
import { gallery } from './gallery.ts'
import { optimisePage } from './optimise.ts'
import { optionList } from './option-list.ts'
import { optionsPage, optionsPath } from './options.ts'
import { type DemoKey, headersOf, type Markup, type Site } from './shell.ts'
import { startPage } from './start.ts'
import { usagePage } from './usage.ts'
import { webhooksPage } from './webhooks.ts'

export interface DashboardOptions {
  readonly version: string
  /** Which parts run in this process: edge, shield, origin, api. */
  readonly roles: readonly string[]
  /** Names of pictures under `/samples/`; none of the demo is shown without them. */
  readonly samples: readonly string[]
  /** Where the documentation is to be read; without it the page names the README that came along. */
  readonly docsUrl?: string
  /** Whether the API is answered under the pages' own origin; without it there are the start page and the options. */
  readonly api?: boolean
  /** The demo project's key, to be shown; undefined beyond loopback. Asked for each page. */
  readonly demo?: () => Promise<DemoKey | undefined>
}

const jsonHeaders = {
  'cache-control': 'no-cache',
  'x-content-type-options': 'nosniff',
  'cross-origin-resource-policy': 'same-origin',
}

type Draw = (demo: DemoKey | undefined) => Markup

export function dashboard(options: DashboardOptions): Hono {
  const { version, roles, samples, docsUrl, api = false } = options
  const site: Site = { version, docsUrl, api }
  const shown = gallery(samples)
  const app = new Hono()
  app.route('/', assets())
  // What the start page shows are pictures, and those are an edge's.
  if (!roles.includes('edge')) app.get('/', (c) => c.redirect('/optimise'))
  app.get(
    '/',
    servePage(options, (demo) => startPage({ site, roles, shown, demo })),
  )
  app.get(optionsPath, (c) =>
    c.html(optionsPage({ site, hasSamples: shown.length > 0 }), 200, { ...headersOf(undefined) }),
  )
  app.get(`${optionsPath}.json`, (c) => c.json(optionList, 200, jsonHeaders))
  if (!api) return app
  app.get(
    '/optimise',
    servePage(options, (demo) => optimisePage(site, demo)),
  )
  app.get(
    '/webhooks',
    servePage(options, (demo) => webhooksPage(site, demo)),
  )
  app.get(
    '/usage',
    servePage(options, (demo) => usagePage(site, demo)),
  )
  return app
}

/** A page with the demo's keys for who is nearby, and the same page without them for everybody else. */
const servePage = ({ demo, api }: DashboardOptions, draw: Draw) =>
  async function page(c: Context): Promise<Response> {
    const mayHaveKeys = api === true && demo !== undefined && isFromLoopback(c)
    const key = mayHaveKeys ? await demo() : undefined
    return c.html(draw(key), 200, { ...headersOf(key) })
  }
