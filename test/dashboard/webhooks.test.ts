// The page of webhooks: what was delivered, what was given up, sent again, and hooks made and removed.
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { aNode, type Node } from '../journeys/cdn.ts'
import { jpeg } from '../pictures.ts'
import { beyondStatus, inChromium, openChromium, openPage, type Watched } from './chromium.ts'
import { aVisitor } from './visitor.ts'

const hostile = '/lost-too?a="><img src=x onerror=document.title="taken">'

inChromium('the page of webhooks', () => {
  let browser: Browser
  let node: Node
  let watched: Watched
  let page: Page
  let receiver: Server
  let told: string
  let isMended = false
  const asked: string[] = []

  beforeAll(async () => {
    // A redirect to a private address ends a delivery for good: no other attempt would end otherwise.
    receiver = createServer((request, response) => {
      request.resume()
      asked.push(request.url ?? '')
      const isLost = request.url?.startsWith('/lost') && !isMended
      if (request.url === '/down') response.writeHead(500).end()
      else response.writeHead(isLost ? 307 : 200, isLost ? { location: 'http://10.1.2.3/' } : {}).end()
    })
    await new Promise<void>((done) => receiver.listen(0, '127.0.0.1', done))
    told = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}`
    node = await aNode({ allowAddresses: ['127.0.0.1/32'] })
    const visitor = await aVisitor(node)
    for (const path of ['/good', '/lost', '/down', hostile]) {
      const query = new URLSearchParams({ callback_url: `${told}${path}` })
      expect((await visitor.call('POST', `/v1/optimize?${query}`, await jpeg())).status).toBe(202)
    }
    browser = await openChromium()
    watched = await openPage(browser, node.url)
    page = watched.page
    await page.goto(`${node.url}/webhooks`)
  })
  afterAll(async () => {
    await browser?.close()
    await node?.stop()
    await new Promise((done) => receiver?.close(done))
  })

  const row = (path: string) => page.locator('#delivery-rows tr').filter({ hasText: path })

  test('shows what was delivered and what was given up, as it happens', async () => {
    await expect.poll(() => row('/good').textContent()).toContain('Delivered')
    await expect.poll(() => row('/lost').first().textContent()).toContain('Given up')
    await expect.poll(() => row('/lost').last().textContent()).toContain('Given up')
    expect(await row('/good').textContent()).toMatch(/optimise\.done.*1 of \d+/)
  })

  test('tells what is tried again from what was never tried', async () => {
    await expect.poll(() => row('/down').textContent()).toMatch(/Retrying.*answered 500, again (in \d+|now)/)
  })

  test('an address is words, whatever is in it', async () => {
    expect(await page.locator('main img').count()).toBe(0)
    expect(await page.title()).toBe('Webhooks – Halftone')
  })

  test('nothing to press is out of sight, however much there is to say', async () => {
    const hidden = `(({ scrollWidth, clientWidth }) => scrollWidth - clientWidth)(
      document.querySelector('#deliveries .scroll'))`
    expect(await page.evaluate(hidden)).toBe(0)
  })

  test('shows only those in one state', async () => {
    await page.getByLabel('State').selectOption('dead')
    await expect.poll(() => page.locator('#delivery-rows tr').count()).toBe(2)
    expect(await page.locator('#delivery-rows').textContent()).not.toMatch(/Delivered|Retrying/)
    await page.getByLabel('State').selectOption('')
    await page.getByLabel('Promised').selectOption('1')
    await expect.poll(() => page.locator('#delivery-rows tr').count()).toBe(4)
  })

  test('shows one with its attempts', async () => {
    await row('/lost').last().getByRole('button', { name: 'Details' }).click()
    const dialog = page.getByRole('dialog')
    await dialog.waitFor()
    expect(await dialog.getByRole('region', { name: 'Attempts' }).locator('tbody tr').count()).toBe(1)
    expect(await dialog.textContent()).toMatch(/Given up.*not a public one/)
    const attempt = dialog.locator('tbody tr').first()
    await page.setViewportSize({ width: 375, height: 800 })
    // A row is a card there, and each cell says what it is.
    const names = await attempt.locator('td').evaluateAll((cells) => cells.map((cell) => cell.dataset.label))
    expect(names).toEqual(['Attempt', 'At', 'Answer', 'Time', 'Error'])
    await page.setViewportSize({ width: 1280, height: 900 })
    await page.keyboard.press('Escape')
    expect(await dialog.count()).toBe(0)
  })

  test('sends one again', async () => {
    await row('/lost').last().getByRole('button', { name: 'Send again' }).click()
    await expect.poll(() => page.locator('#said').textContent()).toContain('/lost again')
    await expect.poll(() => asked.filter((path) => path === '/lost').length).toBe(2)
    await expect.poll(() => row('/lost').last().textContent()).toContain('Given up')
  })

  test('sends one at once that waits for its next try', async () => {
    const before = asked.filter((path) => path === '/down').length
    await row('/down').getByRole('button', { name: 'Send now' }).click()
    await expect.poll(() => asked.filter((path) => path === '/down').length).toBeGreaterThan(before)
    await expect.poll(() => row('/down').textContent()).toMatch(/Retrying.*[2-9] of 2[1-9]/)
  })

  test('sends all again that were given up, now that the other side is mended', async () => {
    isMended = true
    await page.getByLabel('State').selectOption('dead')
    await page.getByRole('button', { name: 'Send these 2 again' }).click()
    await expect.poll(() => row('/lost').first().textContent()).toContain('Delivered')
    await expect.poll(() => row('/lost').last().textContent()).toContain('Delivered')
    expect(await page.getByRole('button', { name: 'Send these' }).isHidden()).toBe(true)
  })

  test('makes a hook and shows its secret, pauses and deletes it', async () => {
    await page.getByLabel('Address that is told').fill(`${told}/hook`)
    await page.getByRole('button', { name: 'Add the hook' }).click()
    const hook = page.locator('#hook-rows tr').filter({ hasText: '/hook' })
    await expect.poll(() => hook.textContent()).toMatch(/file\.uploaded.*yes.*active/)
    expect(await page.locator('#hook-secret code').textContent()).toMatch(/^[\w-]{20,}$/)
    await hook.getByRole('button', { name: 'Pause' }).click()
    await expect.poll(() => hook.textContent()).toContain('paused')
    await hook.getByRole('button', { name: 'Delete' }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'No' }).click()
    expect(await hook.count()).toBe(1)
    await hook.getByRole('button', { name: 'Delete' }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Delete the hook' }).click()
    await page.getByText('None yet.').waitFor()
  })

  test('says why a hook is refused', async () => {
    await page.getByLabel('Address that is told').fill('http://10.1.2.3/hook')
    await page.getByRole('button', { name: 'Add the hook' }).click()
    await expect.poll(() => page.locator('#hooks-problem').textContent()).toContain('403')
  })

  test.each([320, 375, 768])('nothing is wider than a screen of %i pixels', async (width) => {
    await page.setViewportSize({ width, height: 800 })
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(width)
  })

  test('the console is quiet and nothing was asked of anybody else', () => {
    expect(beyondStatus(watched.complaints)).toEqual([])
    expect(watched.foreign).toEqual([])
  })
})
