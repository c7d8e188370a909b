// The page, looked at with a real browser.
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { dashboard } from '../../dashboard/index.ts'
import { inChromium, openChromium } from './chromium.ts'
import { type PictureServer, pictureServer } from './pictures.ts'

test('the page allows only its own style and script, and is asked for each time', async () => {
  const answer = await dashboard({ version: '1.2.3', roles: ['edge'], samples: [] }).request('/')
  const policy = answer.headers.get('content-security-policy')
  expect(policy).toContain("default-src 'none'")
  expect(policy).not.toContain('unsafe-inline')
  expect(answer.headers.get('cache-control')).toBe('no-cache')
  expect(await answer.text()).toContain('1.2.3')
})

test('without samples there is the box and nothing of the demo', async () => {
  const text = await (await dashboard({ version: '1', roles: ['edge'], samples: [] }).request('/')).text()
  expect(text).toContain('id="ask"')
  expect(text).not.toContain('/samples/')
})

test('what the settings say is text and never markup', async () => {
  const text = await (await dashboard({ version: '<b>1', roles: ['<i>'], samples: [] }).request('/')).text()
  expect(text).not.toMatch(/<b>1|<i>/)
})

inChromium('in Chromium', () => {
  let browser: Browser
  let server: PictureServer
  let page: Page
  const complaints: string[] = []

  beforeAll(async () => {
    server = await pictureServer()
    browser = await openChromium()
    page = await browser.newPage({ viewport: { width: 1280, height: 900 } })
    page.on('console', (message) => {
      if (message.type() === 'error') complaints.push(message.text())
    })
    page.on('pageerror', (error) => complaints.push(error.message))
    await page.goto(server.url)
  })
  afterAll(async () => {
    await browser?.close()
    await server?.close()
  })

  const cell = (href: string) => page.locator(`a.measure[href="${href}"]`)

  test('every picture is rendered', async () => {
    for (const image of await page.locator('img').all()) {
      await image.scrollIntoViewIfNeeded()
      await expect
        .poll(() => image.evaluate((element) => 'naturalWidth' in element && element.naturalWidth))
        .toBeGreaterThan(0)
    }
  })

  test('every cell of the tables fills with bytes, what was saved, and who answered', async () => {
    const cells = page.locator('a.measure')
    await expect.poll(() => page.locator('a.measure:has(b)').count()).toBe(await cells.count())
    expect(await cell('/samples/landscape.jpg?w=320&fm=avif').textContent()).toMatch(
      /^[\d.]+ k?B[−+]\d+ %rendered$/,
    )
    expect(await page.locator('b', { hasText: 'failed' }).count()).toBe(0)
    expect(await page.locator('[data-total="saved"]').textContent()).toMatch(/^-?\d+ %$/)
    const count = await cells.count()
    expect(await page.locator('[data-total="hits"]').textContent()).toBe(`0 of ${count}`)
  }, 90_000)

  test('asked again, the answers come from the cache and say so', async () => {
    await page.getByRole('button', { name: 'Ask again' }).click()
    await expect.poll(() => cell('/samples/landscape.jpg?w=320&fm=avif').textContent()).toContain('edge hit')
  })

  test('the box shows a picture with what is known about it', async () => {
    await page.getByLabel('Path of a picture').fill('/samples/landscape.jpg?w=200&auto=format')
    await page.getByRole('button', { name: 'Fetch' }).click()
    const answer = page.locator('#answer')
    await expect.poll(() => answer.textContent()).toContain('image/avif')
    const words = await answer.textContent()
    for (const expected of ['200 × 133', 'made for this request', 'load 1.2 ms'])
      expect(words).toContain(expected)
    expect(
      await answer.locator('img').evaluate((element) => 'naturalWidth' in element && element.naturalWidth),
    ).toBe(200)
    expect(await answer.locator('details pre').textContent()).toContain('halftone-source-bytes: ')
  })

  test('the box explains a mistake in the words of the problem document', async () => {
    complaints.length = 0
    await page.getByRole('button', { name: 'A mistake' }).click()
    const problem = page.getByRole('alert')
    await expect.poll(() => problem.textContent()).toContain('400 An option is not valid')
    expect(await problem.textContent()).toContain(
      'Expected an integer from 1 to 8192 for w, received "wide".',
    )
    // The browser itself reports that an answer was a 400; nothing else may be complained about.
    expect(complaints.splice(0).filter((text) => !text.includes('status of 400'))).toEqual([])
  })

  test('the box does not leave this server', async () => {
    await page.getByLabel('Path of a picture').fill('https://elsewhere.example/a.jpg')
    await page.getByRole('button', { name: 'Fetch' }).click()
    await expect.poll(() => page.getByRole('alert').textContent()).toContain('Only addresses on this server')
  })

  test('the browser chooses another width when the place grows', async () => {
    await page.locator('#place').fill('200')
    await expect
      .poll(() => page.locator('#chosen').textContent())
      .toMatch(/^200 pixels: \/samples\/landscape\.jpg\?w=\d+/)
    await page.locator('#place').fill('1000')
    await expect.poll(() => page.locator('#chosen').textContent()).toContain('?w=1280')
  })

  test.each([320, 375, 768])('nothing is wider than a screen of %i pixels', async (width) => {
    await page.setViewportSize({ width, height: 800 })
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(width)
  })

  test('the console is empty', () => {
    expect(complaints).toEqual([])
  })
})
