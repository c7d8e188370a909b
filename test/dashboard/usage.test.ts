// The page of usage: what was used, drawn and in words; keys made, used and revoked.
import type { Page } from 'playwright-core'
import { beforeAll, expect, test } from 'vitest'
import { aClock } from '../clocks.ts'
import { jpeg } from '../pictures.ts'
import { inChromium } from './chromium.ts'
import { countOf, fitsScreens, textOf } from './seen.ts'
import { aVisitor } from './visitor.ts'

inChromium('the page of usage', (scene) => {
  // Neither a day nor a month is over while the tests run.
  const noon = new Date().setUTCHours(12, 0, 0, 0)
  let page: Page

  beforeAll(async () => {
    const clock = aClock()
    clock.forward((noon - clock.now()) / 1000)
    const node = await scene.node({ clock })
    const visitor = await aVisitor(node)
    for (const width of [64, 96, 128])
      await visitor.call('POST', '/v1/optimize?mode=quality&quality=50', await jpeg({ width, height: 64 }))
    page = await scene.page(node.url)
    await page.clock.setFixedTime(noon)
    await page.goto('/usage')
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
    await textOf(page.locator('#standing')).toMatch(/^Calls3Bytes in[\d.]+ kB/)
  })

  test('the days are drawn, each figure in its colour', async () => {
    await expect.poll(() => painted('calls', '--made')).toBeGreaterThan(50)
    await expect.poll(() => painted('bytes', '--accent')).toBeGreaterThan(50)
    await expect.poll(() => painted('saved', '--hit')).toBeGreaterThan(50)
  })

  test('the legend tells of all days, and of one that is pointed at', async () => {
    const legend = page.locator('#chart-calls .u-legend')
    await textOf(legend).toMatch(/Dayall 30Calls3Failures0/)
    await page.locator('#chart-calls .u-over').hover()
    await textOf(legend).toMatch(/Day\d+ \w+Calls0Failures0/)
  })

  test('a phone names its days too, however many there are', async () => {
    await page.setViewportSize({ width: 375, height: 800 })
    await page.getByRole('combobox', { name: 'Days' }).selectOption('90')
    await textOf(page.locator('#chart-calls .u-legend')).toContain('all 90')
    await expect.poll(() => painted('calls', '--soft', 160)).toBeGreaterThan(20)
    await page.getByRole('combobox', { name: 'Days' }).selectOption('30')
    await page.setViewportSize({ width: 1280, height: 900 })
  })

  test('and said in words, and in a table', async () => {
    const rows = page.locator('#usage-rows tr')
    await countOf(rows).toBe(30)
    const words = page.locator('#chart-calls-words')
    await textOf(words).toMatch(/^From .* to .*\. Calls: 3, Failures: 0\.$/)
    await page.getByText('As a table').click()
    const today = new Date(noon).toISOString().slice(0, 10)
    await textOf(rows.first()).toMatch(new RegExp(`^${today}30`))
    await page.getByRole('combobox', { name: 'Days' }).selectOption('7')
    await countOf(rows).toBe(7)
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
    await expect
      .poll(() => first.evaluate((box) => 'validationMessage' in box && box.validationMessage))
      .toBe('Tick what the key may do.')
    await countOf(page.locator('#key-rows tr')).toBe(1)
    for (const scope of ['optimise', 'read usage']) await page.getByLabel(scope, { exact: true }).check()
    await page.getByRole('button', { name: 'Create the key' }).click()
    const made = (await page.locator('#new-secret code').textContent()) ?? ''
    const [id = '', secret = ''] = made.split('.')
    await textOf(page.locator('#key-rows tr').filter({ hasText: 'shop' })).toContain('optimise, usage')
    await page.getByRole('combobox', { name: 'Key' }).selectOption({ label: `shop (${id})` })
    const words = page.locator('#chart-calls-words')
    await textOf(words).toContain('Calls: 0')
    await countOf(page.getByText('Nothing in these days').filter({ visible: true })).toBe(3)

    await page.getByRole('button', { name: 'Use another key' }).click()
    await page.getByLabel('Public id').fill(id)
    await page.getByLabel('Secret').fill(secret)
    await page.getByRole('button', { name: 'Use this key' }).click()
    await textOf(page.locator('#key-line')).toContain(`Uses the key ${id}`)
    await textOf(page.locator('#standing')).toContain('of 10, 10 left')
    // Drawn last: by then the page knows what it may show.
    await textOf(words).toContain('Calls: 3')
    await page.locator('#keys').waitFor({ state: 'hidden' })
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
    await textOf(shop).toContain('revoked')
  })

  fitsScreens(() => page)

  test('the console is quiet and nothing was asked of anybody else', () => scene.isQuiet())
})
