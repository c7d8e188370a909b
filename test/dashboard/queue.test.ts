// The queue of the page to optimise pictures: what is slow, what breaks, and very many at once.
import type { Page } from 'playwright-core'
import { beforeAll, expect, test } from 'vitest'
import { inChromium } from './chromium.ts'
import { type List, openList } from './list.ts'
import { noisy } from './photographs.ts'
import { listenTo, textOf } from './seen.ts'

inChromium('the queue of pictures', (scene) => {
  let page: Page
  let list: List
  let heard: () => Promise<unknown>

  beforeAll(async () => {
    const node = await scene.node()
    page = await scene.page(node.url)
    list = await openList(page)
    await page.getByLabel('Lossless').check()
    heard = await listenTo(page, '#pictures')
  })

  const add = async (name: string) =>
    page.setInputFiles('#files', { name, mimeType: 'image/jpeg', buffer: await noisy(8) })
  const hasState = (name: string) => expect.poll(() => list.row(name).getAttribute('data-state'))
  const calls = '**/v1/optimize?*'

  test('a slow upload tells how much is sent, can be stopped and tried again', async () => {
    const session = await page.context().newCDPSession(page)
    const slow = { offline: false, latency: 0, downloadThroughput: -1, uploadThroughput: 50_000 }
    await session.send('Network.enable')
    await session.send('Network.emulateNetworkConditions', slow)
    const buffer = await noisy(7, { width: 1200, height: 900 })
    await page.setInputFiles('#files', { name: 'slow.jpg', mimeType: 'image/jpeg', buffer })
    const row = list.row('slow.jpg')
    const sent = () => row.getByRole('progressbar').getAttribute('value')
    await expect.poll(async () => Number(await sent())).toBeGreaterThan(0)
    await expect.poll(heard).toMatch(/Sending, [1-9]\d? %/)
    await row.getByRole('button', { name: 'Stop' }).click()
    await textOf(row).toContain('Stopped')
    await session.send('Network.emulateNetworkConditions', { ...slow, uploadThroughput: -1 })
    await row.getByRole('button', { name: 'Try again' }).click()
    await list.settled(1)
    await textOf(row).toContain('1200 × 900')
  })

  test('what the server is too busy for is sent again by itself', async () => {
    const busy = {
      type: 'urn:halftone:problem:busy',
      title: 'Too many pictures are being made',
      status: 503,
    }
    await page.route(
      calls,
      (route) =>
        route.fulfill({
          status: 503,
          headers: { 'content-type': 'application/problem+json', 'retry-after': '1' },
          body: JSON.stringify(busy),
        }),
      { times: 1 },
    )
    await add('busy.jpg')
    await expect.poll(heard).toContain('The server is busy, trying again in 1 s')
    await hasState('busy.jpg').toBe('done')
  })

  test('so is what a broken connection has lost', async () => {
    await page.route(calls, (route) => route.abort(), { times: 1 })
    await add('lost.jpg')
    await expect.poll(heard).toContain('No connection, trying again')
    await hasState('lost.jpg').toBe('done')
  })

  test('eighty at once: three under way at most, all done, all listed', async () => {
    await page.evaluate(`{
      const list = document.querySelector('#pictures')
      new MutationObserver(() => {
        const running = list.querySelectorAll('[data-state="running"]').length
        list.dataset.most = Math.max(running, Number(list.dataset.most ?? 0))
      }).observe(list, { subtree: true, attributes: true, attributeFilter: ['data-state'] })
    }`)
    const small = await noisy(6, { width: 24, height: 16 })
    const many = Array.from({ length: 80 }, (_, at) => ({
      name: `small-${at}.jpg`,
      mimeType: 'image/jpeg',
      buffer: small,
    }))
    await page.setInputFiles('#files', many)
    const counts = () => page.locator('#counts').textContent()
    await expect.poll(counts, { timeout: 240_000 }).toBe('83 of 83 done')
    await expect.poll(() => page.locator('#pictures').getAttribute('data-most')).toBe('3')
  })

  test('the console tells of nothing else, and nothing was asked of anybody else', () =>
    scene.isQuiet(/status of 503|net::ERR_FAILED/))
})
