// A real browser for the pages: what it complains of and where it goes is written down.
import { existsSync } from 'node:fs'
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core'
import { describe } from 'vitest'

const executablePath = '/usr/bin/chromium'
const hasChromium = existsSync(executablePath)
const args = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
]

export const inChromium = (name: string, tests: () => void): void => {
  const words = hasChromium ? name : `${name} (skipped: no ${executablePath})`
  describe.skipIf(!hasChromium)(words, tests)
}

export const openChromium = (...more: string[]): Promise<Browser> =>
  chromium.launch({ executablePath, args: [...args, ...more] })

export interface Watched {
  readonly page: Page
  /** Errors of the console and of scripts, violations of the security policy among them. */
  readonly complaints: string[]
  /** Requests that left the server the page came from. */
  readonly foreign: string[]
}

export async function openPage(
  browser: Browser,
  origin: string,
  options: BrowserContextOptions = {},
): Promise<Watched> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options })
  context.setDefaultTimeout(60_000)
  const page = await context.newPage()
  const complaints: string[] = []
  const foreign: string[] = []
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(message.text())
  })
  page.on('pageerror', (error) => complaints.push(error.message))
  page.on('request', (request) => {
    const { protocol, origin: to } = new URL(request.url())
    if (/^(http|ws)/.test(protocol) && to !== origin) foreign.push(request.url())
  })
  return { page, complaints, foreign }
}

/** The browser itself reports an answer of 4xx; nothing else may be complained about. */
export const beyondStatus = (complaints: readonly string[]): string[] =>
  complaints.filter((text) => !/the server responded with a status of 4\d\d/.test(text))
