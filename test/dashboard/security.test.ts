// Who gets a page with keys, and what a page may do: asked without a browser.
import { describe, expect, test } from 'vitest'
import { type DashboardOptions, dashboard } from '../../dashboard/index.ts'

const options: DashboardOptions = { version: '1.2.3', roles: ['edge', 'api'], samples: [], api: true }
const key = { id: 'demo-id', secret: 'demo-secret' }
const pages = ['/', '/optimise', '/webhooks', '/usage']
/** Without a key, whoever asks. */
const everyPage = [...pages, '/_halftone/options']

const withDemo = dashboard({ ...options, demo: async () => key })
const ask = (path: string, headers: Record<string, string> = {}) =>
  withDemo.request(path, { headers: { host: '127.0.0.1:8080', ...headers } })

describe('the demo key', () => {
  test.each(['127.0.0.1:8080', '127.0.0.1', 'localhost:8080', 'LOCALHOST', '[::1]:8080'])(
    'is shown to a browser that asks %s',
    async (host) => {
      for (const path of pages) expect(await (await ask(path, { host })).text()).toContain(key.secret)
    },
  )

  test.each([
    'rebound.example',
    'rebound.example:8080',
    '127.0.0.1.nip.example',
    'localhost.example:8080',
    'localhost:8080.example',
    '127.0.0.1:8080@rebound.example',
    '127.0.0.2',
    '[::2]',
    '0.0.0.0:8080',
    '192.168.1.4:8080',
    '',
  ])('is not shown when the host is %j', async (host) => {
    for (const path of pages) {
      const answer = await ask(path, { host })
      expect(answer.status).toBe(200)
      expect(await answer.text()).not.toMatch(/demo-id|demo-secret/)
    }
  })

  test.each([
    ...['forwarded', 'x-forwarded-for', 'x-forwarded-host', 'x-forwarded-proto', 'x-real-ip', 'via'],
    ...['cf-connecting-ip', 'cf-ray', 'true-client-ip', 'x-client-ip', 'x-original-url', 'x-amzn-trace-id'],
    ...['cdn-loop', 'fly-client-ip', 'fastly-client-ip', 'x-envoy-external-address', 'x-scheme'],
  ])('is not shown to who comes through a proxy that says so in %s', async (name) => {
    expect(await (await ask('/', { [name]: '203.0.113.7' })).text()).not.toContain(key.secret)
  })

  test('is not shown where there is none', async () => {
    const app = dashboard({ ...options, demo: async () => undefined })
    const text = await (await app.request('/', { headers: { host: 'localhost' } })).text()
    expect(text).not.toContain('halftone-demo')
    expect(text).not.toContain('id="keys"')
  })

  test('leaves nothing behind in a cache', async () => {
    for (const path of pages) expect((await ask(path)).headers.get('cache-control')).toBe('no-store')
    expect((await ask('/', { host: 'other.example' })).headers.get('cache-control')).toBe('no-cache')
  })
})

describe('every page', () => {
  test.each(everyPage)(
    '%s runs nothing but our own files, in no frame, for no other origin',
    async (path) => {
      const answer = await ask(path, { origin: 'https://elsewhere.example' })
      const policy = answer.headers.get('content-security-policy') ?? ''
      expect(policy).toContain("default-src 'none'")
      expect(policy).toContain("script-src 'self'")
      expect(policy).toContain("frame-ancestors 'none'")
      expect(policy).not.toMatch(/unsafe|\*|http/)
      expect(answer.headers.get('x-frame-options')).toBe('DENY')
      expect(answer.headers.get('access-control-allow-origin')).toBeNull()
      expect(answer.headers.get('cross-origin-resource-policy')).toBe('same-origin')
      expect(await answer.text()).not.toMatch(/<script(?![^>]* src=)|<style|\son\w+=|\sstyle=/)
    },
  )

  test.each(everyPage)('%s names assets that are there, for ever, and small', async (path) => {
    const text = await (await ask(path)).text()
    const assets = [...text.matchAll(/(?:src|href)="(\/_halftone\/[0-9a-f]{16}\/[^"]+)"/g)].map(
      ([, asset]) => asset ?? '',
    )
    expect(assets.length).toBeGreaterThan(2)
    for (const asset of assets) {
      const answer = await ask(asset, { 'accept-encoding': 'gzip' })
      expect(answer.status).toBe(200)
      expect(answer.headers.get('cache-control')).toContain('immutable')
      expect(answer.headers.get('content-encoding')).toBe('gzip')
      expect(answer.headers.get('x-content-type-options')).toBe('nosniff')
    }
  })
})

test('modules and libraries import only what is served beside them', async () => {
  const text = await (await ask('/optimise')).text()
  const [folder = ''] = /\/_halftone\/[0-9a-f]+\//.exec(text) ?? []
  const seen = new Set<string>()
  const visit = async (name: string): Promise<void> => {
    if (seen.has(name)) return
    seen.add(name)
    const answer = await ask(`${folder}${name}`)
    expect([name, answer.status]).toEqual([name, 200])
    const script = await answer.text()
    const imports = script.matchAll(/(?:^import |^\} from |\bimport\()(?:[^'"]*? from )?'([^']+)'/gm)
    for (const [, to = ''] of imports) {
      expect(to).toMatch(/^\.\/[\w-]+\.js$/)
      await visit(to.slice(2))
    }
  }
  for (const name of ['start.js', 'optimise.js', 'webhooks.js', 'usage.js']) await visit(name)
  for (const library of ['client-zip.js', 'img-comparison-slider.js', 'uplot.js'])
    expect(seen).toContain(library)
})

test('under another digest, or another name, there is no asset', async () => {
  expect((await ask('/_halftone/0000000000000000/start.js')).status).toBe(404)
  const text = await (await ask('/')).text()
  const [folder = ''] = /\/_halftone\/[0-9a-f]+\//.exec(text) ?? []
  expect((await ask(`${folder}..%2fpage.ts`)).status).toBe(404)
  expect((await ask(`${folder}package.json`)).status).toBe(404)
})

test('the page of options holds no key', async () => {
  expect(await (await ask('/_halftone/options')).text()).not.toMatch(/demo-id|demo-secret/)
})

test('without an API there are only the start page and the options', async () => {
  const app = dashboard({ ...options, api: false, demo: async () => key })
  const start = await app.request('/', { headers: { host: 'localhost' } })
  expect(await start.text()).not.toMatch(/demo-secret|\/optimise/)
  expect((await app.request('/_halftone/options')).status).toBe(200)
  for (const path of pages.slice(1)) expect((await app.request(path)).status).toBe(404)
})
