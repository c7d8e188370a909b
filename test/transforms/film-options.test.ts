// Which frames of an animation an address takes, and how they are played.
import sharp from 'sharp'
import { beforeAll, describe, expect, test } from 'vitest'
import { made } from './pixel-steps.ts'

const delays = [100, 200, 300, 400, 500, 600]
let film: Buffer
beforeAll(async () => {
  // Frame n is as light as 20 n.
  const [width, height] = [8, 8]
  const data = Buffer.concat(delays.map((_, n) => Buffer.alloc(width * height * 3, 20 * (n + 1))))
  film = await sharp(data, {
    raw: { width, height: height * delays.length, channels: 3, pageHeight: height },
  })
    .webp({ lossless: true, delay: delays, loop: 2 })
    .toBuffer()
})

async function shown(query: string) {
  const { body, type, pages } = await made(film, query)
  const { delay = [], loop } = await sharp(body).metadata()
  const { data, info } = await sharp(body, { animated: true }).raw().toBuffer({ resolveWithObject: true })
  const frames = Array.from({ length: pages }, (_, n) =>
    Math.round((data[n * 8 * 8 * info.channels] ?? 0) / 20),
  )
  return { frames, delay, loop, type }
}

describe('an animation', () => {
  test.each([
    ['frame=2-4', [2, 3, 4], [200, 300, 400]],
    ['frame=5-9', [5, 6], [500, 600]],
    ['reverse=true', [6, 5, 4, 3, 2, 1], [600, 500, 400, 300, 200, 100]],
    ['interval=2', [1, 3, 5], [300, 700, 1100]],
    ['interval=4', [1, 5], [1000, 1100]],
    ['skip=3', [1, 2, 4, 5], [100, 500, 400, 1100]],
    ['frame=2-5&interval=2&reverse=true', [4, 2], [900, 500]],
    ['fps=20', [1, 2, 3, 4, 5, 6], [50, 50, 50, 50, 50, 50]],
    ['frame=2-4&flip=h', [2, 3, 4], [200, 300, 400]],
  ])('%s shows the frames %j for %j ms', async (query, frames, delay) => {
    expect(await shown(`${query}&fm=webp&lossless=1`)).toMatchObject({ frames, delay, loop: 2 })
  })

  test.each([
    ['loop=5', 5],
    ['loop=0', 0],
    ['fps=20', 2],
  ])('%s is played %i times', async (query, loop) => {
    expect(await shown(`${query}&fm=webp`)).toMatchObject({ loop })
    expect((await shown(`${query}&fm=webp`)).frames).toHaveLength(6)
  })

  test.each([
    ['frame=1', 1],
    ['frame=4', 4],
    ['frame=99', 6],
    ['frame=4&flip=h', 4],
    ['frame=4&fm=jpg', 4],
    ['frame=2-4&fm=png', 2],
  ])('%s is a still picture of frame %i', async (query, frame) => {
    const { frames } = await shown(`${query}${query.includes('fm=') ? '' : '&fm=png'}`)
    expect(frames).toEqual([frame])
  })

  test('is still a GIF where it came as one', async () => {
    const gif = await sharp(film, { animated: true }).gif({ delay: delays }).toBuffer()
    const { body, pages } = await made(gif, 'frame=2-3')
    expect([pages, (await sharp(body).metadata()).format]).toEqual([2, 'gif'])
  })
})

test('a page of a TIFF is shown by its number', async () => {
  const pages = Buffer.concat([40, 90, 200].map((light) => Buffer.alloc(8 * 8 * 3, light)))
  const tiff = await sharp(pages, { raw: { width: 8, height: 24, channels: 3, pageHeight: 8 } })
    .tiff()
    .toBuffer()
  for (const [query, light] of [
    ['fm=png', 40],
    ['page=2&fm=png', 90],
    ['page=3&fm=png', 200],
    ['page=9&fm=png', 200],
  ] as const) {
    const { body } = await made(tiff, query)
    expect((await sharp(body).raw().toBuffer())[0]).toBe(light)
  }
})
