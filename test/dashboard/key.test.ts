// Whose key a page uses: the demo's for who is at this machine, and one that is asked for everywhere else.
import { beforeAll, expect, test } from 'vitest'
import { aNode, type Node } from '../journeys/cdn.ts'
import { inChromium } from './chromium.ts'
import { textOf } from './seen.ts'
import { aVisitor, type Visitor } from './visitor.ts'

const tools = ['/optimise', '/webhooks', '/usage']

test('beyond loopback no page has a key, whatever the host is called', async () => {
  const node = await aNode({ host: '0.0.0.0' })
  for (const path of ['/', ...tools])
    for (const host of ['localhost', '127.0.0.1'])
      expect((await node.get(path, { host })).body.toString()).not.toContain('halftone-demo')
  await node.stop()
})

inChromium('keys in the pages', (scene) => {
  let node: Node
  let visitor: Visitor

  beforeAll(async () => {
    node = await scene.node()
    visitor = await aVisitor(node)
  })

  test('under a stranger’s name no page has them, and asks instead', async () => {
    const origin = `http://rebound.example:${new URL(node.url).port}`
    const page = await scene.page(origin)
    await page.goto('/')
    expect(await page.content()).not.toContain(visitor.id)
    for (const path of tools) {
      await page.goto(path)
      await page.getByRole('heading', { name: 'Which key?' }).waitFor()
      expect(await page.content()).not.toContain(visitor.id)
    }

    await page.getByLabel('Public id').fill(visitor.id)
    await page.getByLabel('Secret').fill('wrong')
    await page.getByRole('button', { name: 'Use this key' }).click()
    await textOf(page.getByRole('alert').first()).toContain('401')

    await page.getByLabel('Secret').fill(visitor.token.split('.')[1] ?? '')
    await page.getByRole('button', { name: 'Use this key' }).click()
    await page.getByText(`Uses the key ${visitor.id}`).waitFor()
    expect(page.url()).toBe(`${origin}/usage`)
    await page.goto('/webhooks')
    await page.getByText(`Uses the key ${visitor.id}`).waitFor()
    await scene.isQuiet(/status of 401/)
  })
})
