// The official upload widget in a real browser, on a page of another origin, against a whole Halftone.
import { randomBytes } from 'node:crypto'
import { readFile, writeFile } from 'node:fs/promises'
import type { RequestListener } from 'node:http'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import type { Page } from 'playwright-core'
import { beforeAll, expect, test } from 'vitest'
import { inChromium } from '../dashboard/chromium.ts'
import { aServer, type Site } from '../origin/servers.ts'
import { jpeg } from '../pictures.ts'
import { aHalftone, type Halftone } from './halftone.ts'

const web = join(
  dirname(createRequire(import.meta.url).resolve('@uploadcare/file-uploader/web/uc-img.min.js')),
)
const types: Readonly<Record<string, string>> = { js: 'text/javascript', css: 'text/css' }

/** A customer's page with the widget in it, as its documentation says, but for the three addresses. */
const pageFor = (
  url: string,
  publicKey: string,
  more: string,
) => `<!doctype html><meta charset="utf-8"><title>Shop</title>
<link rel="stylesheet" href="/uc-file-uploader-inline.min.css">
<script type="module">
  import * as UC from '/uc-file-uploader-inline.min.js'
  UC.defineComponents(UC)
</script>
<uc-config ctx-name="shop" pubkey="${publicKey}" base-url="${url}" cdn-cname="${url}"
  quality-insights="false" multiple="true" ${more}></uc-config>
<uc-file-uploader-inline ctx-name="shop"></uc-file-uploader-inline>
<uc-upload-ctx-provider ctx-name="shop"></uc-upload-ctx-provider>`

inChromium('the widget', (scene) => {
  let halftone: Halftone
  let shop: Site
  let gallery: Site
  let page: Page
  let publicKey: string
  let folder: string
  const answers: [status: number, url: string][] = []

  const site = async (listener: RequestListener) =>
    scene.adopt(await aServer(listener), (server) => server.close())

  beforeAll(async () => {
    folder = scene.folder()
    halftone = scene.adopt(await aHalftone(), (opened) => opened.stop())
    publicKey = (await halftone.keys('shop')).publicKey
    gallery = await site(async (request, response) => {
      if (request.url === '/cat.jpg') response.end(await jpeg())
      else response.writeHead(404).end()
    })
    shop = await site(async (request, response) => {
      const { pathname, searchParams } = new URL(request.url ?? '/', 'http://shop')
      const name = pathname.slice(1)
      if (name === '') {
        const { key = publicKey, more = '' } = Object.fromEntries(searchParams)
        return void response.setHeader('content-type', 'text/html').end(pageFor(halftone.url, key, more))
      }
      const file = await readFile(join(web, name)).catch(() => undefined)
      if (!file) return void response.writeHead(404).end()
      response.setHeader('content-type', types[name.split('.').at(-1) ?? ''] ?? 'text/plain').end(file)
    })
    page = await scene.page(shop.url)
    page.on('response', (response) => {
      if (response.url().startsWith(halftone.url)) answers.push([response.status(), response.url()])
    })
  })

  /** Asks the widget itself, as a customer's script would. */
  const ask = <T>(question: string): Promise<T> =>
    page.evaluate(
      `((api) => ${question})(document.querySelector('uc-upload-ctx-provider').getAPI().getOutputCollectionState())`,
    )

  interface Entry {
    readonly uuid: string
    readonly cdnUrl: string
    readonly size: number
  }

  const uploaded = () =>
    ask<Entry[]>('api.successEntries.map(({ uuid, cdnUrl, size }) => ({ uuid, cdnUrl, size }))')

  const errors = () =>
    ask<string[]>('api.failedEntries.flatMap(({ errors }) => errors.map((e) => e.message))')

  const visit = (query: Readonly<Record<string, string>> = {}) => page.goto(`/?${new URLSearchParams(query)}`)

  /** As a person does it: the button, and files of the disk. */
  async function choose(paths: string | readonly string[], query?: Readonly<Record<string, string>>) {
    await visit(query)
    const button = page.locator('uc-source-btn button').first()
    const [choosing] = await Promise.all([page.waitForEvent('filechooser'), button.click()])
    await choosing.setFiles(paths)
  }

  /** As a person does it: the link's own form. */
  async function link(url: string): Promise<void> {
    await visit()
    await page.getByRole('button', { name: 'From link' }).click()
    await page.locator('uc-url-source input').fill(url)
    await page.locator('uc-url-source button[type=submit]').click()
  }

  async function aPhoto(name: string): Promise<string> {
    const path = join(folder, name)
    await writeFile(path, await jpeg({ width: 640, height: 480 }))
    return path
  }

  test('a picture that a person chooses is uploaded, and shown from the CDN', async () => {
    await choose(await aPhoto('holiday.jpg'))
    await expect.poll(uploaded).toHaveLength(1)
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
  })

  test('a file of 30 MB goes up in parts, from a page of another origin', async () => {
    const big = Buffer.concat([await jpeg({ width: 64, height: 48 }), randomBytes(30_000_000)])
    const path = join(folder, 'big.jpg')
    await writeFile(path, big)
    const parts: number[] = []
    page.on('response', (response) => {
      if (response.request().method() === 'PUT') parts.push(response.status())
    })
    await choose(path)
    await expect.poll(uploaded).toHaveLength(1)
    expect((await uploaded())[0]).toMatchObject({ size: big.length })
    await expect.poll(() => parts).toEqual([200, 200, 200, 200, 200, 200])
  })

  test('several go up at once and become a group, with progress up to the end', async () => {
    await choose(await Promise.all(['a.jpg', 'b.jpg', 'c.jpg'].map(aPhoto)), { more: 'group-output="true"' })
    await expect.poll(() => ask('api.group?.cdnUrl')).toMatch(/~3\/$/)
    await expect.poll(() => ask('[api.progress, api.status]')).toEqual([100, 'success'])
    const { origin, pathname } = new URL(await ask<string>('api.group.cdnUrl'))
    expect(origin).toBe(halftone.url)
    expect((await fetch(`${halftone.url}${pathname}nth/2/-/preview/20x20/`)).status).toBe(200)
  })

  test('one is brought from a link', async () => {
    await link(`${gallery.url}/cat.jpg`)
    await expect.poll(uploaded).toHaveLength(1)
    expect((await uploaded())[0]).toMatchObject({ size: (await jpeg()).length })
  })

  test('what goes wrong is told in words', async () => {
    await link(`${gallery.url}/dog.jpg`)
    await expect.poll(errors).toEqual(['HTTP client error: 404.'])
    await choose(await aPhoto('a.jpg'), { key: 'nobody' })
    await expect.poll(errors).toEqual(['UPLOADCARE_PUB_KEY is invalid.'])
    await page.getByText('UPLOADCARE_PUB_KEY is invalid.').first().waitFor()
  })

  test('one that is taken back while it goes up never comes', async () => {
    const path = join(folder, 'regretted.jpg')
    await writeFile(path, Buffer.concat([await jpeg(), randomBytes(30_000_000)]))
    const completed: string[] = []
    page.on('request', (request) => {
      if (request.url().includes('/multipart/complete/')) completed.push(request.url())
    })
    // The last part stays on its way for as long as nobody ends it.
    const held = page.waitForRequest(/\/multipart\/[^/]+\/\?partNumber=6&/)
    await page.route(/\/multipart\/[^/]+\/\?partNumber=6&/, () => {})
    await choose(path)
    await held
    const ended = page.waitForEvent('requestfailed', (request) => request.url().includes('?partNumber=6&'))
    await page.getByRole('button', { name: 'Remove' }).click()
    await ended
    await page.unrouteAll({ behavior: 'ignoreErrors' })
    await expect.poll(() => ask('api.totalCount')).toBe(0)
    expect(completed).toEqual([])
  })

  test('what its editor turns and mirrors is shown so, in the editor and in the list', async () => {
    await choose(await aPhoto('a.jpg'), { more: 'cloud-image-editor-tabs="crop"' })
    await expect.poll(uploaded).toHaveLength(1)
    const [{ uuid } = { uuid: '' }] = await uploaded()
    answers.length = 0
    const shows = (operations: string) =>
      page.waitForResponse((response) => response.url().includes(`/yes/-/${operations}quality/`))
    const opened = shows('')
    await page.getByRole('button', { name: 'Edit' }).click()
    await opened
    await page.locator('uc-editor-image-cropper').waitFor()
    for (const [step, operations] of [
      ['mirror', 'mirror/-/'],
      ['rotate', 'mirror/-/rotate/90/-/'],
    ] as const) {
      const turned = shows(operations)
      await page.locator(`[title="Apply ${step} operation"]`).first().click()
      await turned
    }
    await page.getByRole('button', { name: 'Apply', exact: true }).click()
    const edited = `${halftone.url}/${uuid}/-/mirror/-/rotate/90/-/preview/`
    await expect.poll(async () => (await uploaded())[0]?.cdnUrl).toBe(edited)
    await expect
      .poll(() => answers.find(([, url]) => url.startsWith(edited))?.[1])
      .toContain('-/stretch/off/-/scale_crop/')
    expect(answers.filter(([status]) => status !== 200)).toEqual([])
    expect(answers.some(([, url]) => url.includes('/-/@clib/'))).toBe(true)
  })

  test('nothing was asked of anybody else', () => {
    expect(scene.foreign.filter((url) => !url.startsWith(`${halftone.url}/`))).toEqual([])
  })
})
