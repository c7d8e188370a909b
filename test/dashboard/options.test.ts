// The page of options, looked at with a real browser.
import type { Page } from 'playwright-core'
import { beforeAll, expect, test } from 'vitest'
import { dashboard } from '../../dashboard/index.ts'
import { pairOf } from '../../dashboard/option-examples.ts'
import { optionList } from '../../dashboard/option-list.ts'
import { optionsPath } from '../../dashboard/options.ts'
import { inChromium } from './chromium.ts'
import { fitsScreens, textOf } from './seen.ts'

const listed = optionList.flatMap(({ options }) => options)

/** The addresses of its two pictures. */
function pictures(key: string): string[] {
  const example = listed.find((option) => option.key === key)?.example
  if (example === undefined) throw new Error(`${key} has no example`)
  return Object.values(pairOf(key, example))
}

test('without samples there are the words alone', async () => {
  const page = await dashboard({ version: '1', roles: ['api'], samples: [], api: true }).request(optionsPath)
  const text = await page.text()
  expect(text).not.toContain('/samples/')
  for (const { key } of listed) expect(text).toContain(`id="option-${key}"`)
})

const empty = '<svg xmlns="http://www.w3.org/2000/svg" width="1" height="1"/>'

inChromium('the page of options', (scene) => {
  let page: Page

  beforeAll(async () => {
    const node = await scene.node({ samples: true })
    page = await scene.page(node.url)
    // The server is for what is looked at here; that it makes the rest is tested of the examples.
    const made = ['blur', 'palette'].flatMap(pictures)
    await page.route('**/samples/*', (route, request) =>
      made.includes(request.url().slice(node.url.length))
        ? route.continue()
        : route.fulfill({ contentType: 'image/svg+xml', body: empty }),
    )
    await page.goto(optionsPath)
  })

  test('an option has its sentence, its values, and two pictures that are made when it is looked at', async () => {
    const blur = page.locator('#option-blur')
    await textOf(blur).toContain('Gaussian blur of the result')
    await textOf(blur).toContain('an integer from 0 to 2000')
    await blur.scrollIntoViewIfNeeded()
    const images = await blur.locator('img').all()
    expect(await Promise.all(images.map((image) => image.getAttribute('src')))).toEqual(pictures('blur'))
    for (const image of images)
      await expect.poll(() => image.evaluate((seen) => 'naturalWidth' in seen && seen.naturalWidth)).toBe(320)
  })

  test('what is told instead of a picture is shown as it is told', async () => {
    const palette = page.locator('#option-palette')
    await palette.scrollIntoViewIfNeeded()
    await textOf(palette.locator('pre')).toMatch(/^\.image-fg-1 \{ color: #[0-9a-f]{6}; \}/)
  })

  fitsScreens(() => page)

  test('the console is quiet and nothing was asked of anybody else', () => scene.isQuiet())
})
