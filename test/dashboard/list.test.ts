// The list of pictures as somebody works with it: what is left out, made once more, stopped, removed, looked at closely.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { beforeAll, expect, test } from 'vitest'
import type { Node } from '../journeys/cdn.ts'
import { unpacked } from './archive.ts'
import { inChromium } from './chromium.ts'
import { type List, listOf, openList } from './list.ts'
import { noisy } from './photographs.ts'
import { countOf, textOf } from './seen.ts'

/** Red on the left half, blue on the right, five times as wide as tall. */
const banner =
  '<svg xmlns="http://www.w3.org/2000/svg" width="500" height="100">' +
  '<path fill="#f00" d="M0 0h250v100H0z"/><path fill="#00f" d="M250 0h250v100H250z"/></svg>'

inChromium('the list of pictures', (scene) => {
  let node: Node
  let page: Page
  let list: List
  let dir: string
  const calls = '**/v1/optimize?*'

  beforeAll(async () => {
    dir = scene.folder()
    mkdirSync(join(dir, 'papers'))
    writeFileSync(join(dir, 'papers', 'notes.txt'), 'no picture')
    mkdirSync(join(dir, 'nothing'))
    writeFileSync(join(dir, 'banner.svg'), banner)
    writeFileSync(join(dir, 'large.jpg'), await noisy(1, { width: 1000, height: 800 }))
    node = await scene.node()
    page = await scene.page(node.url)
    list = await openList(page)
    await page.getByLabel('Lossless').check()
  })

  const paste = async (name: string, into: string) => {
    const body = [...(await noisy(2, { width: 24, height: 16 }))]
    await page.evaluate(`(() => {
      const transfer = new DataTransfer()
      transfer.items.add(new File([new Uint8Array(${JSON.stringify(body)})], ${JSON.stringify(name)}, { type: 'image/jpeg' }))
      const event = new ClipboardEvent('paste', { clipboardData: transfer, bubbles: true })
      document.querySelector(${JSON.stringify(into)}).dispatchEvent(event)
    })()`)
  }
  const clickIn = (name: string, words: string) =>
    list.row(name).getByRole('button', { name: words }).first().click()

  test('says what was left out of a folder, and that one was empty', async () => {
    const note = page.locator('#note')
    await list.drop(join(dir, 'papers'))
    await textOf(note).toBe('1 file left out: not a picture.')
    await list.drop(join(dir, 'nothing'))
    await textOf(note).toBe('There is nothing in that folder.')
    await countOf(list.rows).toBe(0)
  })

  test('of a drawing the whole is shown, in its own shape', async () => {
    await list.drop(join(dir, 'banner.svg'))
    await list.settled(1)
    await list.row('banner.svg').locator('canvas[data-drawn]').waitFor()
    const colours = await page.evaluate(`(() => {
      const canvas = document.querySelector('canvas[data-drawn]')
      const { width, height } = canvas
      const at = (x, y) => [...canvas.getContext('2d').getImageData(x, y, 1, 1).data].join()
      return [at(2, height / 2), at(width - 3, height / 2), at(width / 2, 2)]
    })()`)
    expect(colours).toEqual(['255,0,0,255', '0,0,255,255', '0,0,0,0'])
  })

  test('is pasted into whatever was ticked last', async () => {
    await paste('pasted.jpg', 'input[name="mode"][value="lossless"]')
    await list.settled(2)
    await countOf(list.row('pasted.jpg')).toBe(1)
  })

  test('a name that turns its own direction is seen for what it is', async () => {
    await paste('a\u202egpj.svg.jpg', 'body')
    await list.settled(3)
    await countOf(list.row('a\ufffdgpj.svg.jpg')).toBe(1)
    await textOf(page.locator('#pictures')).not.toContain('\u202e')
  })

  test('one is made once more with other options, and both stand', async () => {
    await page.getByLabel('Format').selectOption('webp')
    await clickIn('pasted.jpg', 'Once more')
    await list.settled(4)
    await textOf(list.row('pasted.jpg').first()).toContain('JPEG → WebP')
    await textOf(list.row('pasted.jpg').last()).not.toContain('WebP')
    await page.getByLabel('Format').selectOption('same')
  })

  test('neighbours are compared one after the other, by key', async () => {
    await clickIn('banner.svg', 'Compare')
    const title = page.locator('#compare-title')
    await textOf(title).toBe('banner.svg')
    await expect.poll(() => page.getByRole('button', { name: 'Next' }).isDisabled()).toBe(true)
    await page.getByRole('button', { name: 'Previous' }).focus()
    await page.keyboard.press('Enter')
    await textOf(title).toBe('pasted.jpg')
    await page.keyboard.press('Enter')
    await textOf(title).toBe('a\ufffdgpj.svg.jpg')
    await page.keyboard.press('Escape')
    await countOf(title).toBe(0)
  })

  test('a finger moves the picture when it is pixel for pixel, and the line by its handle', async () => {
    const viewport = { width: 375, height: 800 }
    const phone = await scene.page(node.url, { viewport, hasTouch: true, isMobile: true })
    await openList(phone)
    await phone.getByLabel('Lossless').check()
    await phone.setInputFiles('#files', join(dir, 'large.jpg'))
    await phone.getByRole('button', { name: 'Compare large.jpg' }).click()
    const frame = phone.locator('.compare-frame')
    await frame.evaluate((element) => {
      let stops = 0
      element.addEventListener('scrollend', () => element.setAttribute('data-stops', String(++stops)))
    })
    const stopped = (times: number) =>
      expect.poll(async () => Number(await frame.getAttribute('data-stops'))).toBeGreaterThanOrEqual(times)
    await phone.getByRole('button', { name: 'Pixel for pixel' }).click()
    const now = () =>
      phone.evaluate(`(() => {
        const frame = document.querySelector('.compare-frame')
        const { value, offsetWidth } = frame.querySelector('img-comparison-slider')
        const line = (value / 100) * offsetWidth - frame.scrollLeft
        return { offsetWidth, left: frame.scrollLeft, line: Math.round((line / frame.clientWidth) * 100) }
      })()`) as Promise<{ offsetWidth: number; left: number; line: number }>
    await stopped(1)
    await expect.poll(now).toMatchObject({ offsetWidth: 1000, line: 50 })
    const { left } = await now()
    const box = await frame.boundingBox()
    if (!box) throw new Error('nothing is compared')
    const session = await phone.context().newCDPSession(phone)
    const drag = async (from: number, to: number, y: number) => {
      const touch = (type: 'touchStart' | 'touchMove' | 'touchEnd', ...x: number[]) =>
        session.send('Input.dispatchTouchEvent', { type, touchPoints: x.map((at) => ({ x: box.x + at, y })) })
      await touch('touchStart', from)
      for (const step of [0.25, 0.5, 0.75, 1]) await touch('touchMove', from + (to - from) * step)
      await touch('touchEnd')
    }
    await drag(200, 60, box.y + 60)
    // It goes on for a while by itself, as pictures under a finger do.
    await stopped(2)
    await expect.poll(async () => (await now()).left).toBeGreaterThan(left + 50)
    await expect.poll(async () => (await now()).line).toBe(50)
    await drag(box.width / 2, box.width * 0.8, box.y + box.height / 2)
    await expect.poll(async () => (await now()).line).toBe(80)
  })

  test('a result that is lost is left out of the ZIP, and said to be', async () => {
    const href = await list.row('banner.svg').getByRole('link', { name: 'Download' }).getAttribute('href')
    await page.route(`**${href}`, (route) => route.fulfill({ status: 404, body: 'gone' }))
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'Download all as ZIP' }).click(),
    ])
    const names = unpacked(readFileSync(await download.path())).map(({ name }) => name)
    expect(names).toHaveLength(3)
    expect(names).not.toContain('banner.svg')
    await textOf(page.locator('#note')).toMatch(/^1 picture left out of the ZIP/)
    await page.unroute(`**${href}`)
  })

  test('all that wait are stopped at once', async () => {
    await page.route(calls, () => {})
    for (const name of ['a', 'b', 'c', 'd', 'e']) await paste(`waiting-${name}.jpg`, 'body')
    await expect.poll(() => page.title()).toBe('5 to go – Optimise pictures – Halftone')
    await page.getByRole('button', { name: 'Stop all' }).click()
    await countOf(page.locator('[data-state="stopped"]')).toBe(5)
    await expect.poll(() => page.title()).toBe('Optimise pictures – Halftone')
    await countOf(page.getByRole('button', { name: 'Stop all' })).toBe(0)
    await page.unroute(calls)
  })

  test('one is removed, and does not come back with a reload', async () => {
    await clickIn('banner.svg', 'Remove')
    await countOf(list.row('banner.svg')).toBe(0)
    await page.reload()
    await list.row('pasted.jpg').first().waitFor()
    await countOf(list.row('banner.svg')).toBe(0)
  })

  test('all are removed, and do not come back either', async () => {
    await page.getByRole('button', { name: 'Clear the list' }).click()
    await countOf(list.rows).toBe(0)
    const asked = page.waitForResponse('**/v1/results?*')
    await page.reload()
    expect(await (await asked).json()).toMatchObject({ items: [] })
    await textOf(page.locator('#counts')).toBe('None yet')
  })

  test('nothing is taken while the page asks for a key', async () => {
    await page.getByRole('button', { name: 'Use another key' }).click()
    await page.getByRole('heading', { name: 'Which key?' }).waitFor()
    await page.setInputFiles('#files', join(dir, 'large.jpg'))
    await paste('early.jpg', 'body')
    // Emptied once it was looked at.
    await expect.poll(() => page.locator('#files').inputValue()).toBe('')
    await countOf(list.rows).toBe(0)
  })

  test('a picture that is finished while those of before are asked for is listed once', async () => {
    const another = await scene.page(node.url)
    await another.addInitScript(`(() => {
      const { send } = XMLHttpRequest.prototype
      XMLHttpRequest.prototype.send = function (body) {
        const { onload } = this
        this.onload = (event) => { window.loaded = () => onload.call(this, event) }
        return send.call(this, body)
      }
    })()`)
    const made = Promise.withResolvers<void>()
    await another.route('**/v1/results?*', async (route) => {
      await made.promise
      await route.continue()
    })
    const asked = another.waitForRequest('**/v1/results?*')
    await another.goto('/optimise')
    await asked
    writeFileSync(join(dir, 'single.jpg'), await noisy(3, { width: 64, height: 48 }))
    const { drop, row } = listOf(another)
    await drop(join(dir, 'single.jpg'))
    await expect.poll(() => another.evaluate('typeof loaded')).toBe('function')
    made.resolve()
    await countOf(row('single.jpg')).toBe(2)
    await another.evaluate('loaded()')
    await countOf(another.locator('[data-state="running"]')).toBe(0)
    await countOf(row('single.jpg')).toBe(1)
  })

  test('the console is quiet and nothing was asked of anybody else', () => scene.isQuiet(/status of 404/))
})
