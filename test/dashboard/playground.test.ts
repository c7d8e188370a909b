// The playground of the start page, used by keyboard and looked at with a real browser; what it offers to paste is run.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Page } from 'playwright-core'
import { beforeAll, describe, expect, test } from 'vitest'
import { requestOptions } from '../../transforms/index.ts'
import type { Node } from '../journeys/cdn.ts'
import { inChromium } from './chromium.ts'
import { fitsScreens, textOf } from './seen.ts'

const empty = '<svg xmlns="http://www.w3.org/2000/svg" width="1" height="1"/>'

inChromium('the playground', (scene) => {
  let node: Node
  let page: Page

  beforeAll(async () => {
    node = await scene.node({ samples: true })
    page = await scene.page(node.url, { permissions: ['clipboard-read', 'clipboard-write'] })
    // The server is for the playground; the page's other pictures are looked at elsewhere.
    await page.route('**/samples/*', (route, request) =>
      request.resourceType() === 'image' || /\?w=\d+&fm=/.test(request.url())
        ? route.fulfill({ contentType: 'image/svg+xml', body: empty })
        : route.continue(),
    )
    await page.goto('/#play')
  })

  const code = () => page.locator('#play-code').textContent()
  const status = () => page.locator('#play-status')
  const add = async (key: string) => {
    await page.getByLabel('Another option').selectOption(key)
    await page.getByRole('button', { name: 'Add' }).press('Enter')
  }
  const pasteAs = (word: string) => page.getByRole('radio', { name: word }).check()

  test('offers every option', async () => {
    await expect
      .poll(() => page.locator('select[name="add"] option').allTextContents())
      .toEqual(expect.arrayContaining(Object.values(requestOptions).map(({ key }) => key)))
  })

  test('shows the picture, its bytes, its format, the time, and what is saved', async () => {
    await textOf(status()).toMatch(/^[\d.]+ kB image\/avif, −[\d.]+ % of the source, in [\d.]+ m?s$/)
    await textOf(page.locator('#play-answer')).toContain('640 × 427')
    await textOf(page.locator('#play-code')).toBe(`${node.url}/samples/landscape.jpg?w=640&auto=format`)
  })

  test('an option comes with an example, has the focus, and changes the picture', async () => {
    await add('mask-bg')
    await expect.poll(() => page.evaluate('document.activeElement.name')).toBe('mask-bg')
    await textOf(page.locator('#play-code')).toContain('&mask=ellipse&mask-bg=d92f86')
    await page.getByLabel('mask-bg, chosen').fill('#00ff00')
    await textOf(page.locator('#play-code')).toContain('&mask-bg=00ff00')
    await page.getByRole('button', { name: 'Remove mask-bg' }).press('Enter')
    await page.getByRole('button', { name: 'Remove mask' }).press('Enter')
    await textOf(page.locator('#play-code')).toBe(`${node.url}/samples/landscape.jpg?w=640&auto=format`)
  })

  test('fields are those of the value: a number with its range, words, a line of text', async () => {
    await add('blur')
    const blur = page.locator('[data-option="blur"] input')
    expect(await blur.first().getAttribute('type')).toBe('number')
    expect(await blur.first().getAttribute('max')).toBe('2000')
    await add('flip')
    await page.locator('[data-option="flip"] select').selectOption('v')
    await textOf(page.locator('#play-code')).toMatch(/&blur=80&flip=v$/)
    await page.locator('select[name="sample"]').selectOption('portrait.jpg')
    await textOf(page.locator('#play-code')).toContain('/samples/portrait.jpg?w=640')
  })

  test('a mistake is told in the words of the problem document', async () => {
    await page.locator('[data-option="blur"] input').first().fill('3000')
    await textOf(status()).toBe('Refused with 400')
    await textOf(page.locator('#play-answer [role="alert"]')).toContain('from 0 to 2000 for blur')
    await page.locator('[data-option="blur"] input').first().fill('20')
    await textOf(status()).toContain('image/avif')
  })

  describe('what is pasted', () => {
    const unescaped = (text: string) => text.replaceAll('&amp;', '&').replaceAll('&quot;', '"')
    const isAnswered = async (address: string) => {
      const { status, headers } = await node.get(address.slice(node.url.length))
      expect([address, status, headers['content-type']]).toEqual([
        address,
        200,
        expect.stringMatching('image'),
      ])
      return address
    }
    /** A module as it stands between its name and the next, with `head` in the place of what it imports. */
    const moduleOf = async (text: string, head = '') => {
      const [, body = ''] = /\/\/ [\w/.-]+\n([\s\S]*?)\n\n\/\/ n\w+\.config/.exec(text) ?? []
      const file = join(scene.folder(), 'pasted.mjs')
      writeFileSync(file, head + body.replace(/^import .*$/m, ''))
      return (await import(pathToFileURL(file).href)).default
    }

    test.each([
      ['HTML', 'srcset="'],
      ['React', 'srcSet="'],
      ['Vue', '<template>'],
    ])('as %s names addresses that are answered, one a width', async (word, mark) => {
      await pasteAs(word)
      await textOf(page.locator('#play-code')).toContain(mark)
      const text = (await code()) ?? ''
      const found = unescaped(text).match(/http:[^\s"]+/g) ?? []
      expect(found.length).toBe(6)
      for (const address of found) expect(await isAnswered(address)).toContain('blur=20')
    })

    test('as Next.js is a loader', async () => {
      await pasteAs('Next.js')
      await textOf(page.locator('#play-code')).toContain('next/image')
      const loader = await moduleOf((await code()) ?? '')
      const address = await isAnswered(loader({ src: '/samples/portrait.jpg', width: 320, quality: 60 }))
      expect(address).toMatch(/blur=20.*w=320&q=60$/)
    })

    test('as Nuxt is a provider', async () => {
      await pasteAs('Nuxt')
      await textOf(page.locator('#play-code')).toContain('<NuxtImg')
      const text = (await code()) ?? ''
      const provider = await moduleOf(text, 'const defineProvider = (provider) => provider\n')
      const modifiers = { blur: '20', fit: undefined, width: 320 }
      const { url } = provider.getImage('/samples/portrait.jpg', { modifiers })
      expect(await isAnswered(url)).toMatch(/\?blur=20&w=320$/)
      expect(text).toContain(":modifiers=\"{ auto: 'format', blur: '20', flip: 'v' }\"")
    })

    test('is in the clipboard after Copy', async () => {
      await page.locator('[data-copy="play-code"]').press('Enter')
      await expect.poll(() => page.evaluate('navigator.clipboard.readText()')).toBe(await code())
    })
  })

  fitsScreens(() => page)

  // The browser itself reports that the answer to the mistake was a 400.
  test('the console is quiet and nothing was asked of anybody else', () => scene.isQuiet(/status of 400/))
})
