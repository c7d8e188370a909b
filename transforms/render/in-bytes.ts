// Finished pixels in no more bytes than are allowed: a lower quality, or fewer colours of a PNG, found in a few encodes.
import { outputFormats } from '../formats.ts'
import { from, type Pixels, run } from '../pixels/run.ts'
import { mostTries } from '../plan/choices.ts'
import type { Encoding } from '../plan/plan.ts'
import { encode, type Movement } from './encode.ts'
import { encodeStill } from './encode-still.ts'
import { quantised } from './quantised.ts'

interface Budget {
  readonly encoding: Encoding
  readonly movement: Movement | undefined
  /** One channel is enough. */
  readonly isGray: boolean
  readonly maxBytes: number
  /** From `performance.now()`: nothing more is tried after it. */
  readonly endsAt: number
}

type Body = Uint8Array<ArrayBuffer>

/** Below this nobody recognises anything. */
const leastQuality = 5

/** The best that fits, or the smallest of what was tried; undefined where nothing was. */
export async function inBytes(pixels: Pixels, budget: Budget): Promise<Body | undefined> {
  const { encoding, maxBytes, endsAt } = budget
  const settings = settingsOf(encoding)
  let [worst, best] = [0, settings.length - 1]
  let [fits, smallest]: (Body | undefined)[] = []
  for (let tries = 0; tries < mostTries && worst <= best && performance.now() < endsAt; tries++) {
    const middle = (worst + best) >> 1
    const body = await written(pixels, { ...encoding, ...settings[middle] }, budget)
    if (!smallest || body.length < smallest.length) smallest = body
    if (body.length > maxBytes) best = middle - 1
    else {
      fits = body
      worst = middle + 1
    }
  }
  return fits ?? smallest
}

/** From the worst to the best. */
function settingsOf({ format, lossless, quality = 80 }: Encoding): readonly Partial<Encoding>[] {
  if (outputFormats[format].lossy && !lossless)
    return Array.from({ length: Math.max(0, quality - leastQuality) }, (_, n) => ({
      quality: leastQuality + n,
      fullColour: false,
    }))
  return format === 'png' || format === 'gif'
    ? [4, 8, 16, 32, 64, 128, 256].map((colours) => ({ colours }))
    : []
}

async function written(pixels: Pixels, encoding: Encoding, { movement, isGray }: Budget): Promise<Body> {
  if (encoding.format === 'jxl') return (await import('./jxl.ts')).jxlOf(pixels, encoding)
  if (!movement && !isGray && outputFormats[encoding.format].lossy) return encodeStill(pixels, encoding)
  const ours = isGray ? from(pixels).toColourspace('b-w') : from(pixels)
  const image = await quantised(ours, encoding)
  return (await run(encode(image, encoding, { movement }))).data
}
