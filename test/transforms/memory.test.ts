// Pictures leave no memory behind: what a decoder took is given back, however many pictures there were.
import sharp from 'sharp'
import { expect, test } from 'vitest'
import { run } from '../../transforms/pixels/run.ts'

const side = 2000
const megabytes = 1024 * 1024

test('a hundred pictures of 12 MB take less than half of their sum', async () => {
  const source = await sharp({ create: { width: side, height: side, channels: 3, background: '#369' } })
    .jpeg()
    .toBuffer()
  const one = () => run(sharp(source).raw())
  for (let i = 0; i < 10; i++) await one()
  const before = process.memoryUsage.rss()
  for (let i = 0; i < 100; i++) await one()
  const grown = (process.memoryUsage.rss() - before) / megabytes
  expect(grown).toBeLessThan((100 * side * side * 3) / megabytes / 2)
})
