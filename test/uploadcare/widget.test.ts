// The official upload widget in a real browser, on a page of another origin, against a whole Halftone.
import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { readFile, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { inChromium, openChromium, openPage } from '../dashboard/chromium.ts'
import { aServer, type Site } from '../origin/servers.ts'
import { jpeg } from '../pictures.ts'
import { aHalftone, type Halftone } from './halftone.ts'

const web = join(
  dirname(createRequire(import.meta.url).resolve('@uploadcare/file-uploader/web/uc-img.min.js')),
)
const types: Readonly<Record<string, string>> = { js: 'text/javascript', css: 'text/css' }

/** A customer's page with the widget in it, as its documentation says, but for the three addresses. */
const pageFor = (url: string, publicKey: string) => `<!doctype html><meta charset="utf-8"><title>Shop</title>
<link rel="stylesheet" href="/uc-file-uploader-inline.min.css">
<script type="module">
  import * as UC from '/uc-file-uploader-inline.min.js'
  UC.defineComponents(UC)
</script>
<uc-config ctx-name="shop" pubkey="${publicKey}" base-url="${url}" cdn-cname="${url}"
  quality-insights="false" multiple="true"></uc-config>
<uc-file-uploader-inline ctx-name="shop"></uc-file-uploader-inline>
<uc-upload-ctx-provider ctx-name="shop"></uc-upload-ctx-provider>`

inChromium('the widget', () => {
  let halftone: Halftone
  let shop: Site
  let browser: Browser
  let page: Page
  let publicKey: string
  const foreign: string[] = []
  const folder = mkdtempSync(join(tmpdir(), 'halftone-widget-'))

  beforeAll(async () => {
    halftone = await aHalftone()
    publicKey = (await halftone.keys('shop')).publicKey
    shop = await aServer(async (request, response) => {
      const name = request.url?.slice(1) ?? ''
      if (name === '')
        return void response.setHeader('content-type', 'text/html').end(pageFor(halftone.url, publicKey))
      const file = await readFile(join(web, name)).catch(() => undefined)
      if (!file) return void response.writeHead(404).end()
      response.setHeader('content-type', types[name.split('.').at(-1) ?? ''] ?? 'text/plain').end(file)
    })
    browser = await openChromium()
    const opened = await openPage(browser, shop.url)
    page = opened.page
    page.on('request', (request) => {
      const { origin, protocol } = new URL(request.url())
      if (/^http/.test(protocol) && origin !== shop.url && origin !== halftone.url)
        foreign.push(request.url())
    })
  })
  afterAll(async () => {
    await browser?.close()
    await shop?.close()
    await halftone?.stop()
    rmSync(folder, { recursive: true, force: true })
  })

  /** What the widget itself says it has uploaded. */
  const uploaded = (): Promise<{ readonly uuid: string; readonly cdnUrl: string; readonly size: number }[]> =>
    page.evaluate(
      `document.querySelector('uc-upload-ctx-provider').getAPI().getOutputCollectionState()
        .successEntries.map(({ uuid, cdnUrl, size }) => ({ uuid, cdnUrl, size }))`,
    )

  /** As a person does it: the button, and a file of the disk. */
  async function choose(path: string): Promise<void> {
    await page.goto(shop.url)
    const button = page.locator('uc-source-btn button').first()
    const [choosing] = await Promise.all([page.waitForEvent('filechooser'), button.click()])
    await choosing.setFiles(path)
  }

  test('a picture that a person chooses is uploaded, and shown from the CDN', async () => {
    const photo = await jpeg({ width: 640, height: 480 })
    const path = join(folder, 'holiday.jpg')
    await writeFile(path, photo)
    await choose(path)
    await expect.poll(uploaded, { timeout: 60_000 }).toHaveLength(1)
    const [file] = await uploaded()
    expect(file?.cdnUrl).toBe(`${halftone.url}/${file?.uuid}/`)
    const preview = await page.evaluate(
      `(async () => {
        const image = new Image()
        image.src = '${file?.cdnUrl}-/preview/200x200/'
        await image.decode()
        return [image.naturalWidth, image.naturalHeight]
      })()`,
    )
    expect(preview).toEqual([200, 150])
  }, 90_000)

  test('a file of 30 MB goes up in parts, from a page of another origin', async () => {
    const big = Buffer.concat([await jpeg({ width: 64, height: 48 }), randomBytes(30_000_000)])
    const path = join(folder, 'big.jpg')
    await writeFile(path, big)
    const parts: number[] = []
    page.on('response', (response) => {
      if (response.request().method() === 'PUT') parts.push(response.status())
    })
    await choose(path)
    await expect.poll(uploaded, { timeout: 60_000 }).toHaveLength(1)
    expect((await uploaded())[0]).toMatchObject({ size: big.length })
    expect(parts).toEqual([200, 200, 200, 200, 200, 200])
  }, 90_000)

  test('nothing was asked of anybody else', () => {
    expect(foreign).toEqual([])
  })
})
