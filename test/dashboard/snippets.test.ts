// What the start page offers to paste: copied as a person does, and run as it stands.
import { execFile } from 'node:child_process'
import { existsSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { Page } from 'playwright-core'
import { beforeAll, expect, test } from 'vitest'
import type { Node } from '../journeys/cdn.ts'
import { inChromium } from './chromium.ts'
import { listenTo, textOf } from './seen.ts'
import { aVisitor } from './visitor.ts'

const run = promisify(execFile)
const empty = '<svg xmlns="http://www.w3.org/2000/svg" width="1" height="1"/>'
const hasCurl = existsSync('/usr/bin/curl')

inChromium('what the start page offers to paste', (scene) => {
  let node: Node
  let page: Page
  let dir: string

  beforeAll(async () => {
    dir = scene.folder()
    symlinkSync(join(process.cwd(), 'node_modules'), join(dir, 'node_modules'))
    node = await scene.node({ samples: true })
    page = await scene.page(node.url, { permissions: ['clipboard-read', 'clipboard-write'] })
    // The server is for what is pasted; the page's own pictures are looked at elsewhere.
    await page.route('**/samples/*', (route) => route.fulfill({ contentType: 'image/svg+xml', body: empty }))
    await page.goto('/')
  })

  async function copied(id: string): Promise<string> {
    const button = `[data-copy="${id}"]`
    const heard = await listenTo(page, button)
    await page.locator(button).click()
    await expect.poll(heard).toMatch(/^Copied/)
    return (await page.evaluate('navigator.clipboard.readText()')) as string
  }
  const inShell = async (id: string) => (await run('sh', ['-c', await copied(id)], { cwd: dir })).stdout
  const inNode = async (id: string) =>
    (await run(process.execPath, ['--input-type=module', '-e', await copied(id)], { cwd: dir })).stdout

  test('the keys', async () => {
    const { id, token } = await aVisitor(node)
    expect(`${await copied('demo-id')}.${await copied('demo-secret')}`).toBe(token)
    await textOf(page.locator('#demo-id')).toBe(id)
  })

  test.skipIf(!hasCurl)('curl fetches a sample and has it optimised', async () => {
    const { output, source } = JSON.parse(await inShell('snippet-curl'))
    expect(source.format).toBe('jpeg')
    expect(output.bytes).toBeLessThan(source.bytes)
  })

  test.skipIf(!hasCurl)('curl uploads it', async () => {
    expect(JSON.parse(await inShell('snippet-curl-upload'))).toMatchObject({ name: 'landscape.jpg' })
  })

  test.skipIf(!hasCurl)('a Kraken client has it optimised', async () => {
    expect(await inNode('snippet-kraken')).toMatch(/success: true/)
  })

  test.skipIf(!hasCurl)('an Uploadcare client uploads it, and it is there', async () => {
    const address = (await inNode('snippet-upload')).trim()
    expect(address.startsWith(`${node.url}/`)).toBe(true)
    expect((await fetch(address)).headers.get('content-type')).toBe('image/jpeg')
  })

  test.skipIf(!hasCurl)('curl asks for a picture in another format', async () => {
    await inShell('next-curl')
    expect(existsSync(join(dir, 'picture.avif'))).toBe(true)
  })

  test('the console is quiet and nothing was asked of anybody else', () => scene.isQuiet())
})
