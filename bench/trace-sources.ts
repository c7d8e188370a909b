// The server of a trace's source pictures: photographs of 12, 3 and 1.5 megapixels.
import { readdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import sharp from 'sharp'
import { type PhotoServer, servePhotos } from './photo-server.ts'

const sizes = [
  [4032, 3024],
  [2048, 1536],
  [2048, 1536],
  [1440, 1080],
] as const
const most = 16

/** Photographs of `folder`, else the samples that come with the program. */
export async function serveSources(folder = process.env.BENCH_PHOTOGRAPHS): Promise<PhotoServer> {
  const files = folder
    ? readdirSync(folder)
        .filter((name) => /\.jpe?g$/i.test(name))
        .map((name) => `${folder}/${name}`)
    : ['landscape.jpg', 'portrait.jpg'].map((name) =>
        fileURLToPath(new URL(`../samples/pictures/${name}`, import.meta.url)),
      )
  const photos: Buffer[] = []
  for (let i = 0; i < most; i++) photos.push(await photo(files[i % files.length] ?? '', i))
  return servePhotos((path) => photos[Number(/\d+/.exec(path)?.[0]) % photos.length] ?? Buffer.of())
}

/** Part of a file at one of the sizes, with the grain of a camera. */
async function photo(file: string, index: number): Promise<Buffer> {
  const [width, height] = sizes[index % sizes.length] ?? sizes[0]
  const { data, info } = await sharp(file).autoOrient().toBuffer({ resolveWithObject: true })
  const [w, h] = [Math.floor(info.width * 0.8), Math.floor(info.height * 0.8)]
  const left = Math.floor(((info.width - w) * index) / most)
  const noise = { type: 'gaussian', mean: 128, sigma: 10 } as const
  const grain = sharp({ create: { width, height, channels: 3, background: '#000', noise } })
  return sharp(
    await sharp(data)
      .extract({ left, top: info.height - h, width: w, height: h })
      .resize(width, height)
      .png({ compressionLevel: 0 })
      .toBuffer(),
  )
    .composite([{ input: await grain.png({ compressionLevel: 0 }).toBuffer(), blend: 'soft-light' }])
    .jpeg({ quality: 90 })
    .toBuffer()
}
