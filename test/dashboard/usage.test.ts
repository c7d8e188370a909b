// The page of usage: what was used, drawn and in words; keys made, used and revoked.
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { aNode, type Node } from '../journeys/cdn.ts'
import { jpeg } from '../pictures.ts'
import { beyondStatus, inChromium, openChromium, openPage, type Watched } from './chromium.ts'
import { aVisitor, type Visitor } from './visitor.ts'

inChromium('the page of usage', () => {
  let browser: Browser
  let node: Node
  let visitor: Visitor
  let watched: Watched
  let page: Page

  beforeAll(async () => {
    node = await aNode({})
    visitor = await aVisitor(node)
    for (const width of [64, 96, 128])
      await visitor.call('POST', '/v1/optimize?mode=quality&quality=50', await jpeg({ width, height: 64 }))
    browser = await openChromium()
    watched = await openPage(browser, node.url)
    page = watched.page
    await page.goto(`${node.url}/usage`)
  })
  afterAll(async () => {
    await browser?.close()
    await node?.stop()
  })

  /** Pixels of a drawing that are in this colour of the page, or nearly. */
  const painted = (id: string, colour: string, from = 0) =>
    page.evaluate(`(() => {
      const canvas = document.querySelector('#chart-${id} canvas')
      if (!canvas) return 0
      const hex = getComputedStyle(document.documentElement).getPropertyValue('${colour}').trim()
      const wanted = [1, 3, 5].map((at) => parseInt(hex.slice(at, at + 2), 16))
      const { data } = canvas.getContext('2d').getImageData(0, ${from}, canvas.width, canvas.height - ${from})
      let count = 0
      for (let at = 0; at < data.length; at += 4)
        if (data[at + 3] > 100 && wanted.every((value, channel) => Math.abs(data[at + channel] - value) < 6)) count++
      return count
    })()`)

  test('this month is told in figures', async () => {
    await expect.poll(() => page.locator('#standing').textContent()).toMatch(/^Calls3Bytes in[\d.]+ kB/)
  })

  test('the days are drawn, each figure in its colour', async () => {
    await expect.poll(() => painted('calls', '--made')).toBeGreaterThan(50)
    await expect.poll(() => painted('bytes', '--accent')).toBeGreaterThan(50)
    await expect.poll(() => painted('saved', '--hit')).toBeGreaterThan(50)
  })

  test('the legend tells of all days, and of one that is pointed at', async () => {
    const legend = page.locator('#chart-calls .u-legend')
    expect(await legend.textContent()).toMatch(/Dayall 30Calls3Failures0/)
    const plot = await page.locator('#chart-calls .u-over').boundingBox()
    if (!plot) throw new Error('nothing is drawn')
    await page.mouse.move(plot.x + plot.width / 2, plot.y + 20)
    await expect.poll(() => legend.textContent()).toMatch(/Day\d+ \w+Calls0Failures0/)
  })

  test('a phone names its days too, however many there are', async () => {
    await page.setViewportSize({ width: 375, height: 800 })
    await page.getByRole('combobox', { name: 'Days' }).selectOption('90')
    await expect.poll(() => page.locator('#chart-calls .u-legend').textContent()).toContain('all 90')
    expect(await painted('calls', '--soft', 160)).toBeGreaterThan(20)
    await page.getByRole('combobox', { name: 'Days' }).selectOption('30')
    await page.setViewportSize({ width: 1280, height: 900 })
  })

  test('and said in words, and in a table', async () => {
    expect(await page.locator('#chart-calls-words').textContent()).toMatch(
      /^From .* to .*\. Calls: 3, Failures: 0\.$/,
    )
    await page.getByText('As a table').click()
    const today = new Date().toISOString().slice(0, 10)
    expect(await page.locator('#usage-rows tr').first().textContent()).toMatch(new RegExp(`^${today}30`))
    expect(await page.locator('#usage-rows tr').count()).toBe(30)
    await page.getByRole('combobox', { name: 'Days' }).selectOption('7')
    await expect.poll(() => page.locator('#usage-rows tr').count()).toBe(7)
  })

  test('the drawing follows the colours of the screen', async () => {
    await page.emulateMedia({ colorScheme: 'dark' })
    await expect.poll(() => painted('calls', '--made')).toBeGreaterThan(50)
    await page.emulateMedia({ colorScheme: 'light' })
  })

  test('a key is made with a quota; its own use is shown alone, and what is left of the quota', async () => {
    await page.getByLabel('Name', { exact: true }).fill('shop')
    await page.getByLabel('Calls a month at most').fill('10')
    await page.getByRole('button', { name: 'Create the key' }).click()
    const first = page.getByLabel('optimise', { exact: true })
    expect(await first.evaluate((box) => 'validationMessage' in box && box.validationMessage)).toBe(
      'Tick what the key may do.',
    )
    expect(await page.locator('#key-rows tr').count()).toBe(1)
    for (const scope of ['optimise', 'read usage']) await page.getByLabel(scope, { exact: true }).check()
    await page.getByRole('button', { name: 'Create the key' }).click()
    const made = (await page.locator('#new-secret code').textContent()) ?? ''
    const [id = '', secret = ''] = made.split('.')
    expect(await page.locator('#key-rows tr').filter({ hasText: 'shop' }).textContent()).toContain(
      'optimise, usage',
    )
    await page.getByRole('combobox', { name: 'Key' }).selectOption({ label: `shop (${id})` })
    await expect.poll(() => page.locator('#chart-calls-words').textContent()).toContain('Calls: 0')
    expect(await page.getByText('Nothing in these days').filter({ visible: true }).count()).toBe(3)

    await page.getByRole('button', { name: 'Use another key' }).click()
    await page.getByLabel('Public id').fill(id)
    await page.getByLabel('Secret').fill(secret)
    await page.getByRole('button', { name: 'Use this key' }).click()
    await expect.poll(() => page.locator('#key-line').textContent()).toContain(`Uses the key ${id}`)
    await expect.poll(() => page.locator('#standing').textContent()).toContain('of 10, 10 left')
    expect(await page.locator('#keys').isHidden()).toBe(true)
  })

  test('and revoked again, with the key from before', async () => {
    await page.getByRole('button', { name: 'Use another key' }).click()
    await page.getByRole('button', { name: 'Use the demo key' }).click()
    const shop = page.locator('#key-rows tr').filter({ hasText: 'shop' })
    await shop.getByRole('button', { name: 'Revoke shop' }).click()
    await page
      .getByRole('dialog', { name: /^Revoke shop\?/ })
      .getByRole('button', { name: 'Revoke the key' })
      .click()
    await expect.poll(() => shop.textContent()).toContain('revoked')
  })

  test.each([320, 375, 768])('nothing is wider than a screen of %i pixels', async (width) => {
    await page.setViewportSize({ width, height: 800 })
    await expect.poll(() => page.evaluate('document.documentElement.scrollWidth')).toBe(width)
  })

  test('the console is quiet and nothing was asked of anybody else', () => {
    expect(beyondStatus(watched.complaints)).toEqual([])
    expect(watched.foreign).toEqual([])
  })
})
