// A web shop in a real Chromium: at its own server, and through Halftone. Both look the same, but for compression.
import sharp from 'sharp'
import { expect, test } from 'vitest'
import { aShop } from '../sites/shop.ts'
import { inChromium } from './chromium.ts'

inChromium('a shop', (scene) => {
  test('looks the same through Halftone, and its pictures have fewer bytes', async () => {
    const shop = scene.adopt(await aShop([112, 160]), (each) => each.stop())
    const site = {
      hosts: ['localhost'],
      origin: shop.url,
      allowAddresses: ['127.0.0.1/32'],
      pictures: { wait: '10m' },
    }
    const node = await scene.node({ sites: { shop: site } })
    const through = `http://localhost:${new URL(node.url).port}`
    const own = await look(shop.url)
    const ours = await look(through)
    expect(ours.told).toBe(own.told)
    expect(ours.told).toBe('1, capscapscaps, hello user=ann, one+two')
    expect(ours.sizes).toEqual(own.sizes)
    const { mean, size } = await difference(own.screenshot, ours.screenshot)
    expect(mean).toBeLessThan(2)
    expect(size).toEqual(await sizeOf(own.screenshot))
    expect(ours.pictureBytes).toBeLessThan(own.pictureBytes * 0.9)
    await scene.isQuiet()
  })

  async function look(origin: string) {
    const page = await scene.page(origin)
    let pictureBytes = 0
    page.on('response', async (response) => {
      if (!new URL(response.url()).pathname.startsWith('/pictures/')) return
      pictureBytes += Number(response.headers()['content-length'] ?? 0)
    })
    await page.goto('/')
    await page.waitForFunction('document.title === "done"')
    const told = await page.locator('#told').textContent()
    const sizes = await page.evaluate(
      '[...document.images].map((each) => [new URL(each.src).pathname, each.naturalWidth, each.naturalHeight])',
    )
    // A film of pictures is at another frame each time somebody looks.
    await page.evaluate('document.querySelector(`img[alt="dance.gif"]`).style.visibility = "hidden"')
    return { told, sizes, pictureBytes, screenshot: await page.screenshot({ fullPage: true }) }
  }
})

/** In the mean of all samples, of 255. */
async function difference(one: Buffer, other: Buffer) {
  const [a, b] = await Promise.all(
    [one, other].map((each) => sharp(each).removeAlpha().raw().toBuffer({ resolveWithObject: true })),
  )
  if (!a || !b) throw new Error('two screenshots were expected')
  let sum = 0
  for (let at = 0; at < a.data.length; at++) sum += Math.abs((a.data[at] ?? 0) - (b.data[at] ?? 0))
  return { mean: sum / a.data.length, size: [b.info.width, b.info.height] }
}

async function sizeOf(picture: Buffer) {
  const { width, height } = await sharp(picture).metadata()
  return [width, height]
}
