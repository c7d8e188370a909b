// Draws and encodes the samples on threads of their own, so that the server's event loop never waits for a picture.
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
import { place } from './place.ts'
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

const { dir, names } = workerData as { dir: string; names: readonly SampleName[] }
// The thread draws one while libuv's threads encode what is already drawn.
await Promise.all(names.map(async (name) => place(join(dir, name), await encoded[name]())))
