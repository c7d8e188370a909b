// The page to optimise pictures: a real browser on a whole Halftone.
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import sharp from 'sharp'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { aNode, type Node } from '../journeys/cdn.ts'
import { unpacked } from './archive.ts'
import { beyondStatus, inChromium, openChromium, openPage, type Watched } from './chromium.ts'
import { type List, listOf } from './list.ts'
import { noisy } from './photographs.ts'

inChromium('the page to optimise pictures', () => {
  let browser: Browser
  let node: Node
  let watched: Watched
  let page: Page
  let list: List
  let dir: string
  const file = (...path: string[]) => join(dir, ...path)

  beforeAll(async () => {
    dir = mkdtempSync(join(tmpdir(), 'halftone-pages-'))
    mkdirSync(file('album', 'inner'), { recursive: true })
    writeFileSync(file('one.jpg'), await noisy(1))
    writeFileSync(file('two.jpg'), await noisy(2))
    writeFileSync(file('broken.jpg'), 'this is no picture at all')
    writeFileSync(file('album', 'one.jpg'), await noisy(3))
    writeFileSync(file('album', 'inner', 'deep.jpg'), await noisy(4))
    writeFileSync(file('album', 'notes.txt'), 'not for the optimiser')
    node = await aNode({})
    browser = await openChromium()
    watched = await openPage(browser, node.url)
    page = watched.page
    list = listOf(page)
    await page.goto(`${node.url}/optimise`)
    await page.getByText('Uses the demo key').waitFor()
  })
  afterAll(async () => {
    await browser?.close()
    await node?.stop()
    rmSync(dir, { recursive: true, force: true })
  })

  const row = (name: string) => list.row(name)
  const settled = (count: number) => list.settled(count)
  const drop = (...paths: string[]) => list.drop(...paths)

  test('pictures that are dropped go through the stages and come out smaller', async () => {
    const stages = page.evaluate(`new Promise((resolve) => {
      const seen = []
      new MutationObserver(() => {
        for (const line of document.querySelectorAll('[data-state="running"] .row-words'))
          if (line.textContent && !seen.includes(line.textContent)) seen.push(line.textContent)
        if (document.querySelectorAll('[data-state="done"]').length === 2) resolve(seen)
      }).observe(document.querySelector('#pictures'), { subtree: true, childList: true, characterData: true, attributes: true })
    })`)
    await drop(file('one.jpg'), file('two.jpg'))
    await settled(2)
    expect(await stages).toContain('Trying what is smallest')
    const words = await row('one.jpg').textContent()
    expect(words).toMatch(/[\d.]+ kB → [\d.]+ kB−\d+ %/)
    expect(words).toContain('JPEG')
    expect(words).toContain('320 × 240')
    expect(words).toContain('gone in 12 h')
    expect(await page.locator('#counts').textContent()).toBe('2 of 2 done')
    expect(await page.locator('#total-percent').textContent()).toMatch(/^\d+ %$/)
    await expect.poll(() => page.locator('#said').textContent()).toBe('2 of 2 done.')
  })

  test('each tells how it was made and what else was tried', async () => {
    await row('one.jpg').locator('summary').click()
    const tried = row('one.jpg').getByRole('region', { name: 'Ways that were tried' })
    expect(await tried.locator('tbody tr').count()).toBeGreaterThan(1)
    expect(await tried.textContent()).toContain('chosen')
  })

  test('each has a thumbnail', async () => {
    await expect.poll(() => page.locator('canvas[data-drawn]').count()).toBe(2)
  })

  test('before and after are compared by keys and by mouse', async () => {
    await row('one.jpg').getByRole('button', { name: 'Compare' }).click()
    const slider = page.getByRole('slider')
    await expect
      .poll(() => slider.evaluate((element) => element === element.ownerDocument.activeElement))
      .toBe(true)
    const now = () => slider.getAttribute('aria-valuenow').then(Number)
    expect(await now()).toBe(50)
    await page.keyboard.press('ArrowLeft')
    expect(await now()).toBe(48)
    await page.keyboard.press('PageUp')
    expect(await now()).toBe(58)
    await page.keyboard.press('End')
    expect(await now()).toBe(100)
    await page.keyboard.press('Home')
    expect(await now()).toBe(0)
    const box = await slider.boundingBox()
    if (!box) throw new Error('the slider is not shown')
    await page.mouse.move(box.x + 5, box.y + box.height / 2)
    await page.mouse.down()
    await page.mouse.move(box.x + box.width * 0.75, box.y + box.height / 2, { steps: 5 })
    await page.mouse.up()
    expect(await now()).toBe(75)
    for (const name of ['before', 'after'])
      expect(
        await page
          .getByAltText(`one.jpg ${name}`)
          .evaluate((image) => 'naturalWidth' in image && image.naturalWidth),
      ).toBe(320)
    await page.keyboard.press('Escape')
    expect(await page.getByRole('dialog').count()).toBe(0)
  })

  test('one is downloaded, as it is on the server', async () => {
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      row('two.jpg').getByRole('link', { name: 'Download' }).click(),
    ])
    expect(download.suggestedFilename()).toBe('two.jpg')
    const saved = readFileSync(await download.path())
    const { format, width } = await sharp(saved).metadata()
    expect([format, width]).toEqual(['jpeg', 320])
    expect(saved.length).toBeLessThan(readFileSync(file('two.jpg')).length)
  })

  test('a folder is taken with its folders, and without what is no picture', async () => {
    await drop(file('album'))
    await settled(4)
    expect(await page.locator('.row-name').allTextContents()).toEqual(
      expect.arrayContaining(['album/one.jpg', 'album/inner/deep.jpg']),
    )
    expect(await row('notes.txt').count()).toBe(0)
  })

  test('all are downloaded as one ZIP, folders and all', async () => {
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'Download all as ZIP' }).click(),
    ])
    expect(download.suggestedFilename()).toBe('halftone.zip')
    const files = unpacked(readFileSync(await download.path()))
    expect(files.map(({ name }) => name).sort()).toEqual([
      'album/inner/deep.jpg',
      'album/one.jpg',
      'one.jpg',
      'two.jpg',
    ])
    for (const { body } of files) expect((await sharp(body).metadata()).format).toBe('jpeg')
  })

  test('what is no picture says so in words, with what to do, and can be tried again', async () => {
    await drop(file('broken.jpg'))
    await settled(5)
    expect(await row('broken.jpg').textContent()).toMatch(
      /The source is text, which is not an image we can read\.Save it as JPEG/,
    )
    expect(await page.locator('#counts').textContent()).toBe('4 of 5 done, 1 failed')
    await row('broken.jpg').getByRole('button', { name: 'Try again' }).click()
    await settled(5)
    expect(await row('broken.jpg').getAttribute('data-state')).toBe('failed')
  })

  test('a picture is pasted, and the options are heeded', async () => {
    await page.getByLabel('Given quality').check()
    await page.getByLabel('Quality, 1 to 100').fill('40')
    await page.getByLabel('Format').selectOption('webp')
    await page.getByLabel('Width at most').fill('100')
    const body = [...(await noisy(5))]
    await page.evaluate(
      `(() => {
        const transfer = new DataTransfer()
        transfer.items.add(new File([new Uint8Array(${JSON.stringify(body)})], 'pasted.jpg', { type: 'image/jpeg' }))
        document.body.dispatchEvent(new ClipboardEvent('paste', { clipboardData: transfer, bubbles: true }))
      })()`,
    )
    await settled(6)
    const words = await row('pasted.jpg').textContent()
    expect(words).toContain('JPEG → WebP')
    expect(words).toContain('quality 40')
    expect(words).toContain('100 × 75')
  })

  test('a wrong option is refused before anything is sent', async () => {
    await page.getByLabel('Quality, 1 to 100').fill('400')
    await page.setInputFiles('#files', file('one.jpg'))
    expect(await page.locator('.picture-row').count()).toBe(6)
    await page.getByLabel('Quality, 1 to 100').fill('40')
  })

  test('after a reload the results are there again, to be compared and fetched; options too', async () => {
    await page.reload()
    await settled(5)
    expect(await row('album/inner/deep.jpg').count()).toBe(1)
    expect(await page.getByLabel('Quality, 1 to 100').inputValue()).toBe('40')
    await row('two.jpg').getByRole('button', { name: 'Compare' }).click()
    await page.getByRole('slider').waitFor()
    await page.getByRole('button', { name: 'Close' }).click()
    const href = await row('two.jpg').getByRole('link', { name: 'Download' }).getAttribute('href')
    expect((await node.get(href ?? '')).status).toBe(200)
  })

  test('another browser, which never had the originals, says that there is nothing to compare with', async () => {
    const other = await openPage(browser, node.url)
    await other.page.goto(`${node.url}/optimise`)
    await other.page.getByRole('button', { name: 'Compare two.jpg' }).click()
    await expect
      .poll(() => other.page.getByRole('dialog').textContent())
      .toContain('no longer in this browser')
    expect(other.complaints).toEqual([])
    await other.page.context().close()
  })

  test('when its time is over a result is no longer offered', async () => {
    const later = await openPage(browser, node.url)
    await later.page.clock.install()
    await later.page.goto(`${node.url}/optimise`)
    const two = later.page.locator('.picture-row').filter({ hasText: 'two.jpg' })
    await two.getByRole('link', { name: 'Download' }).waitFor()
    await later.page.clock.fastForward('11:00:30')
    await expect.poll(() => two.textContent()).toMatch(/gone in \d+ min|gone in 1 h/)
    await later.page.clock.fastForward('02:00:00')
    await expect.poll(() => two.textContent()).toContain('gone from the server')
    expect(await two.getByRole('link', { name: 'Download' }).count()).toBe(0)
    await later.page.clock.runFor(100)
    expect(await later.page.getByRole('button', { name: 'Download all as ZIP' }).isDisabled()).toBe(true)
    await later.page.context().close()
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
