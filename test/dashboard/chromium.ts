// A real browser for the pages: what it complains of and where it goes is written down.
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core'
import { afterAll, describe, expect } from 'vitest'
import { aNode, type Node, type NodeOptions } from '../journeys/cdn.ts'

const executablePath = '/usr/bin/chromium'
const hasChromium = existsSync(executablePath)
const args = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  // What DNS rebinding does: a stranger's name that means this machine.
  '--host-resolver-rules=MAP rebound.example 127.0.0.1',
]

export const inChromium = (name: string, tests: (scene: Scene) => void): void => {
  const words = hasChromium ? name : `${name} (skipped: no ${executablePath})`
  describe.skipIf(!hasChromium)(words, () => {
    const scene = new Scene()
    afterAll(() => scene.disposeAsync())
    tests(scene)
  })
}

/** What the tests of a file open: it ends with them, the latest first. */
export class Scene extends AsyncDisposableStack {
  /** Errors of the console and of scripts, violations of the security policy among them. */
  readonly complaints: string[] = []
  /** Requests that left the server their page came from. */
  readonly foreign: string[] = []
  readonly #pages: Page[] = []
  #browser: Browser | undefined

  folder(): string {
    const dir = mkdtempSync(join(tmpdir(), 'halftone-scene-'))
    return this.adopt(dir, () => rmSync(dir, { recursive: true, force: true }))
  }

  async node(options: NodeOptions = {}): Promise<Node> {
    return this.adopt(await aNode(options), (node) => node.stop())
  }

  /** For somebody of their own, who knows nothing of what another page has kept. */
  async page(origin: string, options: BrowserContextOptions = {}): Promise<Page> {
    this.#browser ??= this.adopt(await chromium.launch({ executablePath, args }), (opened) => opened.close())
    const viewport = { width: 1280, height: 900 }
    const context = await this.#browser.newContext({ viewport, baseURL: origin, ...options })
    context.setDefaultTimeout(120_000)
    const page = await context.newPage()
    page.on('console', (message) => {
      if (message.type() === 'error') this.complaints.push(message.text())
    })
    page.on('pageerror', (error) => this.complaints.push(error.message))
    page.on('request', (request) => {
      const { protocol, origin: to } = new URL(request.url())
      if (/^(http|ws)/.test(protocol) && to !== origin) this.foreign.push(request.url())
    })
    this.#pages.push(page)
    return page
  }

  /** Of all pages so far: nothing was complained of but what is expected, and nothing asked of anybody else. */
  async isQuiet(expected = /^$/): Promise<void> {
    // A page tells in order: once it answers, what it had to say before is known.
    for (const page of this.#pages) await page.evaluate('0')
    expect(this.complaints.filter((text) => !expected.test(text))).toEqual([])
    expect(this.foreign).toEqual([])
  }
}
