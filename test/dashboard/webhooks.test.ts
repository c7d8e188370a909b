// The page of webhooks: what was delivered, what was given up, sent again, and hooks made and removed.
import type { Page } from 'playwright-core'
import { beforeAll, expect, test } from 'vitest'
import { aServer } from '../origin/servers.ts'
import { jpeg } from '../pictures.ts'
import { inChromium } from './chromium.ts'
import { countOf, fitsScreens, listenTo, textOf } from './seen.ts'
import { aVisitor } from './visitor.ts'

const hostile = '/hostile?a="><img src=x onerror=document.title="taken">'

inChromium('the page of webhooks', (scene) => {
  let page: Page
  let told: string
  let isMended = false
  const asked: string[] = []

  beforeAll(async () => {
    // A redirect to a private address ends a delivery for good: no other attempt would end otherwise. What is down is
    // tried again by whoever presses the button, and not meanwhile.
    const receiver = await aServer((request, response) => {
      request.resume()
      asked.push(request.url ?? '')
      const isLost = /^\/(lost|hostile)/.test(request.url ?? '') && !isMended
      if (request.url === '/down') response.writeHead(500, { 'retry-after': '7200' }).end()
      else response.writeHead(isLost ? 307 : 200, isLost ? { location: 'http://10.1.2.3/' } : {}).end()
    })
    scene.defer(receiver.close)
    told = receiver.url
    const node = await scene.node({ allowAddresses: ['127.0.0.1/32'] })
    const visitor = await aVisitor(node)
    for (const path of ['/good', '/lost', '/down', hostile]) {
      const query = new URLSearchParams({ callback_url: `${told}${path}` })
      expect((await visitor.call('POST', `/v1/optimize?${query}`, await jpeg())).status).toBe(202)
    }
    page = await scene.page(node.url)
    await page.goto('/webhooks')
  })

  const rows = () => page.locator('#delivery-rows tr')
  const row = (path: string) => rows().filter({ hasText: path })
  const askedFor = (path: string) => asked.filter((one) => one === path).length

  test('shows what was delivered and what was given up, as it happens', async () => {
    await textOf(row('/good')).toMatch(/Delivered.*optimise\.done.*1 of \d+/)
    await textOf(row('/lost')).toContain('Given up')
    await textOf(row('/hostile')).toContain('Given up')
  })

  test('tells what is tried again from what was never tried', async () => {
    await textOf(row('/down')).toMatch(/Retrying.*answered 500, again in 2 h/)
  })

  test('an address is words, whatever is in it', async () => {
    await textOf(row('/hostile')).toContain('Given up')
    await countOf(page.locator('main img')).toBe(0)
    await expect.poll(() => page.title()).toBe('Webhooks – Halftone')
  })

  test('nothing to press is out of sight, however much there is to say', async () => {
    const hidden = `(({ scrollWidth, clientWidth }) => scrollWidth - clientWidth)(
      document.querySelector('#deliveries .scroll'))`
    await expect.poll(() => page.evaluate(hidden)).toBe(0)
  })

  test('shows only those in one state', async () => {
    await page.getByLabel('State').selectOption('dead')
    await countOf(rows()).toBe(2)
    await textOf(page.locator('#delivery-rows')).not.toMatch(/Delivered|Retrying/)
    await page.getByLabel('State').selectOption('')
    await page.getByLabel('Promised').selectOption('1')
    await countOf(rows()).toBe(4)
  })

  test('an answer that comes late does not take the place of a newer one', async () => {
    const given = Promise.withResolvers<void>()
    await page.route('**/v1/deliveries/jobs?*state=dead*', async (route) => {
      await given.promise
      await route.continue()
    })
    const heard = await listenTo(page, '#said')
    await page.getByLabel('State').selectOption('dead')
    await page.getByLabel('State').selectOption('done')
    await expect.poll(heard).toBe('1 delivery.')
    given.resolve()
    await expect.poll(heard).toBe('1 delivery.; 1 delivery.')
    await page.unroute('**/v1/deliveries/jobs?*state=dead*')
    await page.getByLabel('State').selectOption('')
    await countOf(rows()).toBe(4)
  })

  test('shows one with its attempts', async () => {
    await row('/lost').getByRole('button', { name: 'Details' }).click()
    const dialog = page.getByRole('dialog')
    await textOf(dialog).toMatch(/Given up.*not a public one/)
    const attempts = dialog.getByRole('region', { name: 'Attempts' }).locator('tbody tr')
    await countOf(attempts).toBe(1)
    await page.setViewportSize({ width: 375, height: 800 })
    // A row is a card there, and each cell says what it is.
    await expect
      .poll(() => attempts.locator('td').evaluateAll((cells) => cells.map((cell) => cell.dataset.label)))
      .toEqual(['Attempt', 'At', 'Answer', 'Time', 'Error'])
    await page.setViewportSize({ width: 1280, height: 900 })
    await page.keyboard.press('Escape')
    await countOf(dialog).toBe(0)
  })

  test('sends one again', async () => {
    await row('/lost').getByRole('button', { name: 'Send again' }).click()
    await textOf(page.locator('#said')).toContain('/lost again')
    await expect.poll(() => askedFor('/lost')).toBe(2)
    await textOf(row('/lost')).toMatch(/Given up.*2 of 2\d/)
  })

  test('sends one at once that waits for its next try', async () => {
    await row('/down').getByRole('button', { name: 'Send now' }).click()
    await expect.poll(() => askedFor('/down')).toBe(2)
    await textOf(row('/down')).toMatch(/Retrying.*2 of 21/)
  })

  test('sends all again that were given up, now that the other side is mended', async () => {
    isMended = true
    await page.getByLabel('State').selectOption('dead')
    await page.getByRole('button', { name: 'Send these 2 again' }).click()
    await textOf(row('/lost')).toContain('Delivered')
    await textOf(row('/hostile')).toContain('Delivered')
    await countOf(page.getByRole('button', { name: 'Send these' })).toBe(0)
  })

  test('makes a hook and shows its secret, pauses and deletes it', async () => {
    await page.getByLabel('Address that is told').fill(`${told}/hook`)
    await page.getByRole('button', { name: 'Add the hook' }).click()
    const hook = page.locator('#hook-rows tr').filter({ hasText: '/hook' })
    await textOf(hook).toMatch(/file\.uploaded.*yes.*active/)
    await textOf(page.locator('#hook-secret code')).toMatch(/^[\w-]{20,}$/)
    await hook.getByRole('button', { name: 'Pause' }).click()
    await textOf(hook).toContain('paused')
    await hook.getByRole('button', { name: 'Delete' }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByRole('button', { name: 'No' }).click()
    await countOf(dialog).toBe(0)
    await hook.getByRole('button', { name: 'Delete' }).click()
    await dialog.getByRole('button', { name: 'Delete the hook' }).click()
    await page.getByText('None yet.').waitFor()
  })

  test('says why a hook is refused', async () => {
    await page.getByLabel('Address that is told').fill('http://10.1.2.3/hook')
    await page.getByRole('button', { name: 'Add the hook' }).click()
    await textOf(page.locator('#hooks-problem')).toContain('403')
  })

  fitsScreens(() => page)

  test('the console is quiet and nothing was asked of anybody else', () => scene.isQuiet(/status of 403/))
})
