// The page to optimise pictures: a real browser on a whole Halftone.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import sharp from 'sharp'
import { beforeAll, expect, test } from 'vitest'
import type { Node } from '../journeys/cdn.ts'
import { unpacked } from './archive.ts'
import { inChromium } from './chromium.ts'
import { type List, openList } from './list.ts'
import { noisy } from './photographs.ts'
import { countOf, fitsScreens, listenTo, textOf } from './seen.ts'

inChromium('the page to optimise pictures', (scene) => {
  let node: Node
  let page: Page
  let list: List
  let dir: string
  const file = (...path: string[]) => join(dir, ...path)

  beforeAll(async () => {
    dir = scene.folder()
    mkdirSync(file('album', 'inner'), { recursive: true })
    writeFileSync(file('one.jpg'), await noisy(1))
    writeFileSync(file('two.jpg'), await noisy(2))
    writeFileSync(file('broken.jpg'), 'this is no picture at all')
    writeFileSync(file('album', 'one.jpg'), await noisy(3))
    writeFileSync(file('album', 'inner', 'deep.jpg'), await noisy(4))
    writeFileSync(file('album', 'notes.txt'), 'not for the optimiser')
    node = await scene.node()
    page = await scene.page(node.url)
    list = await openList(page)
  })

  const row = (name: string) => list.row(name)
  const settled = (count: number) => list.settled(count)
  const drop = (...paths: string[]) => list.drop(...paths)

  test('pictures that are dropped go through the stages and come out smaller', async () => {
    const heard = await listenTo(page, '#pictures')
    await drop(file('one.jpg'), file('two.jpg'))
    await settled(2)
    await expect.poll(heard).toContain('Trying what is smallest')
    for (const words of [/[\d.]+ kB → [\d.]+ kB−\d+ %/, /JPEG/, /320 × 240/, /gone in 12 h/])
      await textOf(row('one.jpg')).toMatch(words)
    await textOf(page.locator('#counts')).toBe('2 of 2 done')
    await textOf(page.locator('#total-percent')).toMatch(/^\d+ %$/)
    await textOf(page.locator('#said')).toBe('2 of 2 done.')
  })

  test('each tells how it was made and what else was tried', async () => {
    await row('one.jpg').locator('summary').click()
    const tried = row('one.jpg').getByRole('region', { name: 'Ways that were tried' })
    await countOf(tried.locator('tbody tr')).toBeGreaterThan(1)
    await textOf(tried).toContain('chosen')
  })

  test('each has a thumbnail', async () => {
    await countOf(page.locator('canvas[data-drawn]')).toBe(2)
  })

  test('before and after are compared by keys and by mouse', async () => {
    await row('one.jpg').getByRole('button', { name: 'Compare' }).click()
    const slider = page.getByRole('slider')
    await expect
      .poll(() => slider.evaluate((element) => element === element.ownerDocument.activeElement))
      .toBe(true)
    const now = () => expect.poll(() => slider.getAttribute('aria-valuenow').then(Number))
    await now().toBe(50)
    for (const [key, value] of [
      ['ArrowLeft', 48],
      ['PageUp', 58],
      ['End', 100],
      ['Home', 0],
    ] as const) {
      await page.keyboard.press(key)
      await now().toBe(value)
    }
    const box = await slider.boundingBox()
    if (!box) throw new Error('the slider is not shown')
    await page.mouse.move(box.x + 5, box.y + box.height / 2)
    await page.mouse.down()
    await page.mouse.move(box.x + box.width * 0.75, box.y + box.height / 2, { steps: 5 })
    await page.mouse.up()
    await now().toBe(75)
    for (const name of ['before', 'after']) {
      const picture = page.getByAltText(`one.jpg ${name}`)
      await expect
        .poll(() => picture.evaluate((image) => 'naturalWidth' in image && image.naturalWidth))
        .toBe(320)
    }
    await page.keyboard.press('Escape')
    await countOf(page.getByRole('dialog')).toBe(0)
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
    for (const name of ['album/one.jpg', 'album/inner/deep.jpg']) await countOf(row(name)).toBe(1)
    await textOf(page.locator('#note')).toBe('1 file left out: not a picture.')
    await countOf(row('notes.txt')).toBe(0)
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
    const told = /The source is text, which is not an image we can read\.Save it as JPEG/
    await textOf(row('broken.jpg')).toMatch(told)
    await textOf(page.locator('#counts')).toBe('4 of 5 done, 1 failed')
    const sentAgain = page.waitForResponse('**/v1/optimize?*')
    await row('broken.jpg').getByRole('button', { name: 'Try again' }).click()
    await sentAgain
    await settled(5)
    await textOf(row('broken.jpg')).toMatch(told)
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
    for (const words of ['JPEG → WebP', 'quality 40', '100 × 75'])
      await textOf(row('pasted.jpg')).toContain(words)
  })

  test('a wrong option is refused before anything is sent', async () => {
    const quality = page.getByLabel('Quality, 1 to 100')
    await quality.evaluate((field) =>
      field.addEventListener('invalid', () => field.setAttribute('data-refused', 'yes')),
    )
    await quality.fill('400')
    await page.setInputFiles('#files', file('one.jpg'))
    await expect.poll(() => quality.getAttribute('data-refused')).toBe('yes')
    await countOf(list.rows).toBe(6)
    await quality.fill('40')
  })

  test('after a reload the results are there again, to be compared and fetched; options too', async () => {
    await expect.poll(() => list.originals()).toBe(5)
    await page.reload()
    await settled(5)
    await countOf(row('album/inner/deep.jpg')).toBe(1)
    await expect.poll(() => page.getByLabel('Quality, 1 to 100').inputValue()).toBe('40')
    await row('two.jpg').getByRole('button', { name: 'Compare' }).click()
    await page.getByRole('slider').waitFor()
    await page.getByRole('button', { name: 'Close' }).click()
    const href = await row('two.jpg').getByRole('link', { name: 'Download' }).getAttribute('href')
    expect((await node.get(href ?? '')).status).toBe(200)
  })

  test('another browser, which never had the originals, says that there is nothing to compare with', async () => {
    const other = await scene.page(node.url)
    await other.goto('/optimise')
    await other.getByRole('button', { name: 'Compare two.jpg' }).click()
    await textOf(other.getByRole('dialog')).toContain('no longer in this browser')
  })

  test('when its time is over a result is no longer offered', async () => {
    const later = await scene.page(node.url)
    await later.clock.install()
    const two = (await openList(later)).row('two.jpg')
    await two.getByRole('link', { name: 'Download' }).waitFor()
    await later.clock.fastForward('11:00:30')
    await textOf(two).toMatch(/gone in \d+ min|gone in 1 h/)
    await later.clock.fastForward('02:00:00')
    await textOf(two).toContain('gone from the server')
    await countOf(two.getByRole('link', { name: 'Download' })).toBe(0)
    const zip = later.getByRole('button', { name: 'Download all as ZIP' })
    await expect.poll(() => zip.isDisabled()).toBe(true)
  })

  fitsScreens(() => page)

  test('the console is quiet and nothing was asked of anybody else', () => scene.isQuiet(/status of 415/))
})
