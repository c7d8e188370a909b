// The page, looked at with a real browser.
import type { Page } from 'playwright-core'
import { beforeAll, expect, test } from 'vitest'
import { dashboard } from '../../dashboard/index.ts'
import { inChromium } from './chromium.ts'
import { pictureServer } from './pictures.ts'
import { countOf, fitsScreens, textOf } from './seen.ts'

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

inChromium('in Chromium', (scene) => {
  let page: Page

  beforeAll(async () => {
    const server = scene.adopt(await pictureServer(), (server) => server.close())
    page = await scene.page(server.url)
    await page.goto('/')
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
    // They are asked for once their card is looked at.
    for (const card of await page.locator('.card').all()) {
      await card.scrollIntoViewIfNeeded()
      await countOf(card.locator('a.measure:has(b)')).toBe(await card.locator('a.measure').count())
    }
    await textOf(cell('/samples/landscape.jpg?w=320&fm=avif')).toMatch(/^[\d.]+ k?B[−+]\d+ %rendered$/)
    await countOf(page.locator('b', { hasText: 'failed' })).toBe(0)
    await textOf(page.locator('[data-total="saved"]')).toMatch(/^-?\d+ %$/)
    const count = await page.locator('a.measure').count()
    await textOf(page.locator('[data-total="hits"]')).toBe(`0 of ${count}`)
  })

  test('asked again, the answers come from the cache and say so', async () => {
    await page.getByRole('button', { name: 'Ask again' }).click()
    await textOf(cell('/samples/landscape.jpg?w=320&fm=avif')).toContain('edge hit')
  })

  test('the box shows a picture with what is known about it', async () => {
    await page.getByLabel('Path of a picture').fill('/samples/landscape.jpg?w=200&auto=format')
    await page.getByRole('button', { name: 'Fetch' }).click()
    const answer = page.locator('#answer')
    for (const expected of ['image/avif', '200 × 133', 'made for this request', 'load 1.2 ms'])
      await textOf(answer).toContain(expected)
    await expect
      .poll(() => answer.locator('img').evaluate((image) => 'naturalWidth' in image && image.naturalWidth))
      .toBe(200)
    await textOf(answer.locator('details pre')).toContain('halftone-source-bytes: ')
  })

  test('the box explains a mistake in the words of the problem document', async () => {
    await page.getByRole('button', { name: 'A mistake' }).click()
    const problem = page.getByRole('alert')
    await textOf(problem).toContain('400 An option is not valid')
    await textOf(problem).toContain('Expected an integer from 1 to 8192 for w, received "wide".')
  })

  test('the box does not leave this server', async () => {
    await page.getByLabel('Path of a picture').fill('https://elsewhere.example/a.jpg')
    await page.getByRole('button', { name: 'Fetch' }).click()
    await textOf(page.getByRole('alert')).toContain('Only addresses on this server')
  })

  test('the browser chooses another width when the place grows', async () => {
    await page.locator('#place').fill('200')
    const chosen = page.locator('#chosen')
    await textOf(chosen).toMatch(/^200 pixels: \/samples\/landscape\.jpg\?w=\d+/)
    await page.locator('#place').fill('1000')
    await textOf(chosen).toContain('?w=1280')
  })

  fitsScreens(() => page)

  // The browser itself reports that the answer to the mistake was a 400.
  test('the console is quiet and nothing was asked of anybody else', () => scene.isQuiet(/status of 400/))
})
