// Pictures nobody has asked for before, of all kinds: sources that are drawn here, and the addresses of what is made of them.
import { join } from 'node:path'
import sharp from 'sharp'

/** Another picture each time: source, width and format change, every seventh looks for its quality. */
export function mixedRender(names: readonly string[], index: number): string {
  const name = names[index % names.length]
  const width = 200 + ((index * 37) % 1100)
  const format = ['jpg', 'webp', 'avif'][index % 3]
  const quality = index % 7 === 0 ? 'auto' : 40 + (Math.floor(index / 1100) % 55)
  return `/photos/${name}?w=${width}&h=${200 + (index % 701)}&fit=crop&fm=${format}&q=${quality}`
}

/** 24 pictures of 1 to 12 megapixels with detail and noise, in the formats people send. */
export async function drawSources(into: string): Promise<string[]> {
  const drawn: string[] = []
  for (let i = 0; i < 24; i++) {
    const width = 1200 + ((i * 620) % 2900)
    const height = Math.round(width * 0.72)
    const format = (['jpeg', 'jpeg', 'png', 'webp'] as const)[i % 4] ?? 'jpeg'
    const noise = { type: 'gaussian', mean: 128, sigma: 20 } as const
    const small = await sharp({
      create: { width: 60 + i, height: 43 + i, channels: 3, background: '#000', noise },
    })
      .png()
      .toBuffer()
    const name = `source-${i}.${format}`
    await sharp(small)
      .resize(width, height, { fit: 'fill', kernel: 'cubic' })
      [format]()
      .toFile(join(into, name))
    drawn.push(name)
  }
  return drawn
}
