// The queue of the page to optimise pictures: what is slow, what breaks, and very many at once.
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { aNode, type Node } from '../journeys/cdn.ts'
import { beyondStatus, inChromium, openChromium, openPage, type Watched } from './chromium.ts'
import { noisy } from './photographs.ts'

inChromium('the queue of pictures', () => {
  let browser: Browser
  let node: Node
  let watched: Watched
  let page: Page

  beforeAll(async () => {
    node = await aNode({})
    browser = await openChromium()
    watched = await openPage(browser, node.url)
    page = watched.page
    await page.goto(`${node.url}/optimise`)
    await page.getByText('Uses the demo key').waitFor()
    await page.getByLabel('Lossless').check()
    // Some words stand there for a moment only: whoever just looks now and then may miss them.
    await page.evaluate(`{
      window.said = []
      window.listening = new MutationObserver(() => said.push(document.querySelector('#pictures').textContent))
      listening.observe(document.querySelector('#pictures'), { subtree: true, childList: true, characterData: true })
    }`)
  })
  afterAll(async () => {
    await browser?.close()
    await node?.stop()
  })

  const row = (name: string) => page.locator('.picture-row').filter({ hasText: name })
  const settled = (count: number) =>
    expect
      .poll(() => page.locator('.picture-row:is([data-state="done"], [data-state="failed"])').count())
      .toBe(count)
  const add = async (name: string) =>
    page.setInputFiles('#files', { name, mimeType: 'image/jpeg', buffer: await noisy(8) })
  const said = () => page.evaluate("said.join('; ')")
  const calls = '**/v1/optimize?*'

  test('a slow upload tells how much is sent, can be stopped and tried again', async () => {
    const session = await page.context().newCDPSession(page)
    const slow = { offline: false, latency: 0, downloadThroughput: -1, uploadThroughput: 50_000 }
    await session.send('Network.enable')
    await session.send('Network.emulateNetworkConditions', slow)
    const buffer = await noisy(7, { width: 1200, height: 900 })
    await page.setInputFiles('#files', { name: 'slow.jpg', mimeType: 'image/jpeg', buffer })
    await expect.poll(() => row('slow.jpg').textContent()).toMatch(/Sending, [1-9]\d? %/)
    expect(await row('slow.jpg').getByRole('progressbar').getAttribute('value')).not.toBeNull()
    await row('slow.jpg').getByRole('button', { name: 'Stop' }).click()
    await expect.poll(() => row('slow.jpg').textContent()).toContain('Stopped')
    await session.send('Network.emulateNetworkConditions', { ...slow, uploadThroughput: -1 })
    await row('slow.jpg').getByRole('button', { name: 'Try again' }).click()
    await settled(1)
    expect(await row('slow.jpg').textContent()).toContain('1200 × 900')
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
    await expect.poll(said).toContain('The server is busy, trying again in 1 s')
    await expect.poll(() => row('busy.jpg').getAttribute('data-state')).toBe('done')
  })

  test('so is what a broken connection has lost', async () => {
    await page.route(calls, (route) => route.abort(), { times: 1 })
    await add('lost.jpg')
    await expect.poll(said).toContain('No connection, trying again')
    await expect.poll(() => row('lost.jpg').getAttribute('data-state')).toBe('done')
  })

  test('two hundred at once: three under way at most, all done, all listed', async () => {
    await page.evaluate(`{
      listening.disconnect()
      const list = document.querySelector('#pictures')
      new MutationObserver(() => {
        const running = list.querySelectorAll('[data-state="running"]').length
        list.dataset.most = Math.max(running, Number(list.dataset.most ?? 0))
      }).observe(list, { subtree: true, attributes: true, attributeFilter: ['data-state'] })
    }`)
    const small = await noisy(6, { width: 24, height: 16 })
    const many = Array.from({ length: 200 }, (_, at) => ({
      name: `small-${at}.jpg`,
      mimeType: 'image/jpeg',
      buffer: small,
    }))
    await page.setInputFiles('#files', many)
    await expect.poll(() => page.locator('#counts').textContent()).toBe('203 of 203 done')
    expect(await page.locator('#pictures').getAttribute('data-most')).toBe('3')
  })

  test('the console tells of nothing else, and nothing was asked of anybody else', () => {
    const others = watched.complaints.filter((text) => !/status of 503|net::ERR_FAILED/.test(text))
    expect(beyondStatus(others)).toEqual([])
    expect(watched.foreign).toEqual([])
  })
})
