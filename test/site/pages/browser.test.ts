// Pages that were added to, in a real Chromium: they look the same, stand still while pictures come, and the largest picture
// comes early.
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { chromium, type Page } from 'playwright-core'
import sharp from 'sharp'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { inChromium } from '../../dashboard/chromium.ts'
import { noisy } from '../../dashboard/photographs.ts'
import { aNode, type Node } from '../../journeys/cdn.ts'
import { aTlsFront } from './tls-front.ts'

const style =
  '<style>body { margin: 0; font: 16px sans-serif } img { max-width: 100%; height: auto; display: block }</style>'
const home = `<!doctype html><title>shop</title>${style}<h1>Caps</h1><img src=/large.jpg><p>One</p><img src=/small.jpg><p>Two</p>
<script>document.title = 'ran'; const text = "<img src=/small.jpg>"</script>`

let hold: Promise<void> | undefined
const pictures: Record<string, Buffer> = {}
const origin = createServer((req, res) => void answer(req, res))

async function answer(req: IncomingMessage, res: ServerResponse): Promise<void> {
  const picture = pictures[req.url ?? '']
  const life = { 'cache-control': req.url === '/waits.html' ? 'public, max-age=0' : 'public, max-age=600' }
  if (picture) return void res.writeHead(200, { ...life, 'content-type': 'image/jpeg' }).end(picture)
  if (!req.url?.endsWith('.html')) return void res.writeHead(404).end()
  if (req.url === '/waits.html') await hold
  res.writeHead(200, { ...life, 'content-type': 'text/html; charset=utf-8' }).end(home)
}

let node: Node
beforeAll(async () => {
  pictures['/large.jpg'] = await sharp(await noisy(3))
    .resize(1000, 600)
    .jpeg()
    .toBuffer()
  pictures['/small.jpg'] = await sharp(await noisy(4))
    .resize(300, 200)
    .jpeg()
    .toBuffer()
  await new Promise<void>((done) => origin.listen(0, '127.0.0.1', done))
  const { port } = origin.address() as AddressInfo
  const where = {
    ...{ origin: `http://127.0.0.1:${port}`, allowAddresses: ['127.0.0.1/32'] },
    pictures: { wait: '10m' },
  }
  const html = { dimensions: true, srcset: [400, 800], lazy: true, eager: 1, decoding: true, preload: true }
  node = await aNode({
    ...{ trustedProxies: ['127.0.0.1/32'], proxiesPassHints: true },
    sites: {
      off: { ...where, hosts: ['off.localhost'] },
      shop: { ...where, hosts: ['shop.localhost'], html },
      // Chromium passes over hints with choices among several addresses.
      hinted: { ...where, hosts: ['hinted.localhost'], html: { ...html, srcset: false } },
      linked: { ...where, hosts: ['linked.localhost'], html: { ...html, link: true } },
    },
  })
})

afterAll(async () => {
  await node.stop()
  origin.closeAllConnections()
  origin.close()
})

/** After it nobody follows the hint any more. */
const mostHintMs = 10_000

const at = (host: string): string => `http://${host}:${new URL(node.url).port}`

/** All pictures are there, and what moved meanwhile is added up: only after the page was seen without them. */
const moved = `new Promise((done) => {
  new PerformanceObserver((list) => {
    globalThis.shifts = (globalThis.shifts ?? 0) + list.getEntries().reduce((sum, { value }) => sum + value, 0)
  }).observe({ type: 'layout-shift', buffered: true })
  const ready = Promise.all([...document.images].map((each) => { each.loading = 'eager'; return each.decode() }))
  ready.then(() => requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(() => done(globalThis.shifts ?? 0)))))
})`

/** The page, whose pictures come only once it has been painted without them. */
async function visit(page: Page, path = '/page.html'): Promise<number> {
  const painted = Promise.withResolvers<void>()
  await page.route(/\.jpg/, async (route) => {
    await painted.promise
    await route.continue()
  })
  await page.goto(path, { waitUntil: 'domcontentloaded' })
  await page.evaluate(
    'new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(done))))',
  )
  painted.resolve()
  return page.evaluate(moved) as Promise<number>
}

const boxes = `[...document.querySelectorAll('h1, p, img')].map((each) => {
  const { x, y, width, height } = each.getBoundingClientRect()
  return [each.tagName, x, y, width, height].join(' ')
})`

inChromium('a page with pictures', (scene) => {
  test('stands still while they come, and looks as it did', async () => {
    const seen: Record<string, unknown> = {}
    for (const host of ['off.localhost', 'shop.localhost'])
      for (const width of [1280, 600]) {
        const options = { viewport: { width, height: 900 } }
        const first = await scene.page(at(host), options)
        await visit(first)
        const second = await scene.page(at(host), options)
        const shift = await visit(second)
        if (host === 'shop.localhost') expect([width, shift]).toEqual([width, 0])
        else expect(shift).toBeGreaterThan(0.01)
        seen[`${host} ${width}`] = await second.evaluate(boxes)
        expect(await second.title()).toBe('ran')
      }
    for (const width of [1280, 600])
      expect(seen[`shop.localhost ${width}`]).toEqual(seen[`off.localhost ${width}`])
    await scene.isQuiet()
  })

  test('gets the pixels that its window has, once each', async () => {
    const asked: string[] = []
    const page = await scene.page(at('linked.localhost'), { viewport: { width: 390, height: 800 } })
    page.on('request', (request) => asked.push(new URL(request.url()).pathname))
    // The second page knows its pictures, and the third is told of the largest.
    for (const _ of ['pictures', 'sizes']) await visit(page)
    asked.length = 0
    await page.goto('/page.html', { waitUntil: 'load' })
    await page.evaluate(moved)
    // One that was told of by a header and by a tag is one.
    expect(asked.filter((path) => path.includes('large'))).toEqual([
      '/cdn-cgi/image/width=400,format=auto/large.jpg',
    ])
    const [large, small] = (await page.evaluate(
      '[...document.images].map((each) => each.currentSrc)',
    )) as string[]
    expect([new URL(large ?? '').pathname, new URL(small ?? '').pathname]).toEqual([
      ...['/cdn-cgi/image/width=400,format=auto/large.jpg', '/small.jpg'],
    ])
    const started = await page.evaluate(
      "performance.getEntriesByType('resource').filter(({ name }) => name.includes('large')).map(({ initiatorType }) => initiatorType)",
    )
    expect(started).toEqual(['link'])
    await scene.isQuiet()
  })

  test('over HTTP/2 gets its largest picture while the page is still being made', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'halftone-tls-'))
    let asked = Promise.withResolvers<void>()
    const seen = (path: string): void => {
      if (path.includes('large')) asked.resolve()
    }
    const front = await aTlsFront({ folder, upstream: node.url, seen })
    const browser = await chromium.launch({
      executablePath: '/usr/bin/chromium',
      args: ['--no-sandbox', '--disable-gpu', `--ignore-certificate-errors-spki-list=${front.keyDigest}`],
    })
    try {
      const url = `https://hinted.localhost:${front.port}/waits.html`
      const learning = await (await browser.newContext()).newPage()
      const patient = { waitUntil: 'load', timeout: 120_000 } as const
      // Until its largest picture is known, and for one page more: by then that it is known is remembered.
      const known = async (): Promise<string> => {
        await learning.goto(url, patient)
        return learning.content()
      }
      await expect.poll(known).toContain('width="1000"')
      await known()
      /** How its largest picture came to be asked for, by somebody who has nothing of the page. */
      const visited = async (): Promise<unknown> => {
        const page = await (await browser.newContext()).newPage()
        const held = Promise.withResolvers<void>()
        hold = held.promise
        asked = Promise.withResolvers<void>()
        const coming = page.goto(url, patient)
        // The page is let go once the picture was asked for; a browser that is busy may pass over a hint.
        await Promise.race([asked.promise, pause(mostHintMs)])
        held.resolve()
        await coming
        hold = undefined
        return page.evaluate(
          "performance.getEntriesByType('resource').filter(({ name }) => name.includes('large')).map(({ initiatorType }) => initiatorType)",
        )
      }
      await expect.poll(visited).toEqual(['early-hints'])
    } finally {
      await browser.close()
      front.close()
      rmSync(folder, { recursive: true, force: true })
    }
  })
})
