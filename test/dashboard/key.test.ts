// Whose key a page uses: the demo's for who is at this machine, and one that is asked for everywhere else.
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { aNode, type Node } from '../journeys/cdn.ts'
import { beyondStatus, inChromium, openChromium, openPage } from './chromium.ts'
import { aVisitor, type Visitor } from './visitor.ts'

const pages = ['/', '/optimise', '/webhooks', '/usage']

test('beyond loopback no page has a key, whatever the host is called', async () => {
  const node = await aNode({ host: '0.0.0.0' })
  for (const path of pages)
    for (const host of ['localhost', '127.0.0.1'])
      expect((await node.get(path, { host })).body.toString()).not.toContain('halftone-demo')
  await node.stop()
})

inChromium('keys in the pages', () => {
  let node: Node
  let visitor: Visitor
  let browser: Browser

  beforeAll(async () => {
    node = await aNode({})
    visitor = await aVisitor(node)
    // What DNS rebinding does: a stranger's name that means this machine.
    browser = await openChromium('--host-resolver-rules=MAP rebound.example 127.0.0.1')
  })
  afterAll(async () => {
    await browser?.close()
    await node?.stop()
  })

  test('under a stranger’s name no page has them, and asks instead', async () => {
    const { port } = new URL(node.url)
    const origin = `http://rebound.example:${port}`
    const { page, complaints, foreign } = await openPage(browser, origin)
    for (const path of pages) {
      await page.goto(`${origin}${path}`)
      expect(await page.content()).not.toContain(visitor.id)
    }
    await page.getByRole('heading', { name: 'Which key?' }).waitFor()

    await page.getByLabel('Public id').fill(visitor.id)
    await page.getByLabel('Secret').fill('wrong')
    await page.getByRole('button', { name: 'Use this key' }).click()
    await expect.poll(() => page.getByRole('alert').first().textContent()).toContain('401')

    await page.getByLabel('Secret').fill(visitor.token.split('.')[1] ?? '')
    await page.getByRole('button', { name: 'Use this key' }).click()
    await page.getByText(`Uses the key ${visitor.id}`).waitFor()
    expect(page.url()).toBe(`${origin}/usage`)
    await page.goto(`${origin}/webhooks`)
    await page.getByText(`Uses the key ${visitor.id}`).waitFor()
    expect(beyondStatus(complaints)).toEqual([])
    expect(foreign).toEqual([])
  })
})
