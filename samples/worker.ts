// Draws and encodes the samples on a thread of their own, so that the server's event loop never waits for a picture.
import { randomUUID } from 'node:crypto'
import { mkdir, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { workerData } from 'node:worker_threads'
import sharp from 'sharp'
import { badge, badgeSide } from './badge.ts'
import { dance, danceDelayMs, danceFrames, danceHeight, danceWidth } from './dance.ts'
import { graphics, graphicsHeight, graphicsWidth } from './graphics.ts'
import { landscape, landscapeHeight, landscapeWidth } from './landscape.ts'
import { logo } from './logo.ts'
import { missing, missingHeight, missingWidth } from './missing.ts'
import type { SampleName } from './names.ts'
import { portrait, portraitHeight, portraitWidth } from './portrait.ts'

type Channels = 3 | 4
const raw = (pixels: Buffer, [width, height, channels]: [number, number, Channels]) =>
  sharp(pixels, { raw: { width, height, channels } })

// As a camera or an export from a design tool would write them: good quality, no special effort.
const encoded: Record<SampleName, () => Promise<Buffer>> = {
  'landscape.jpg': () =>
    raw(landscape(), [landscapeWidth, landscapeHeight, 3])
      .jpeg({ quality: 92, chromaSubsampling: '4:4:4' })
      .toBuffer(),
  'portrait.jpg': () =>
    raw(portrait(), [portraitWidth, portraitHeight, 3])
      .rotate(270)
      .withMetadata({ orientation: 6 })
      .jpeg({ quality: 90 })
      .toBuffer(),
  'graphics.png': () => raw(graphics(), [graphicsWidth, graphicsHeight, 4]).removeAlpha().png().toBuffer(),
  'badge.png': () => raw(badge(), [badgeSide, badgeSide, 4]).png().toBuffer(),
  'missing.png': () => raw(missing(), [missingWidth, missingHeight, 4]).removeAlpha().png().toBuffer(),
  'dance.gif': () => animated(dance()),
  'logo.svg': async () => Buffer.from(logo()),
}

const animated = (frames: Buffer): Promise<Buffer> =>
  sharp(frames, {
    raw: { width: danceWidth, height: danceHeight * danceFrames, channels: 3, pageHeight: danceHeight },
  })
    .gif({ loop: 0, delay: Array(danceFrames).fill(danceDelayMs), effort: 3 })
    .toBuffer()

// Written beside its place and moved in: whoever reads the folder meanwhile sees whole pictures only.
async function place(path: string, content: Buffer | string): Promise<void> {
  const draft = `${path}.${randomUUID()}`
  try {
    await writeFile(draft, content)
    await rename(draft, path)
  } catch (error) {
    await rm(draft, { force: true })
    throw error
  }
}

const { dir, mark, markFile } = workerData as { dir: string; mark: string; markFile: string }
await mkdir(dir, { recursive: true })
// One thread draws while libuv's encode what is already drawn.
await Promise.all(
  Object.entries(encoded).map(async ([name, encode]) => place(join(dir, name), await encode())),
)
// Last, so that a folder that was left half drawn is drawn again.
await place(join(dir, markFile), mark)
