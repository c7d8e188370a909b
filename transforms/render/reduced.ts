// A drawing that was made smaller, in 256 colours: where nobody sees that, it need not weigh more than its source.
import { from, type Pixels, pixelsOf, run } from '../pixels/run.ts'
import { sharp } from '../pixels/sharp.ts'

/** Levels of 255 that a pixel may be off by before it counts, the share of pixels that may, and the mean of all. */
const limits = { seen: 8, share: 0.01, mean: 1 } as const

/** Undefined where it would show. */
export async function reducedPng(pixels: Pixels): Promise<Uint8Array<ArrayBuffer> | undefined> {
  const { data } = await run(from(pixels).png({ palette: true, quality: 100, effort: 1, dither: 0 }))
  const made = await pixelsOf(sharp(data).toColourspace('srgb'))
  return isAlike(pixels, made) ? data : undefined
}

/** What is transparent counts as far as it shows. */
function isAlike(one: Pixels, other: Pixels): boolean {
  const count = one.width * one.height
  let [sum, seen] = [0, 0]
  for (let i = 0; i < count; i++) {
    const off = difference(one, other, i)
    sum += off
    if (off > limits.seen) seen++
  }
  return sum <= limits.mean * count && seen <= limits.share * count
}

function difference(one: Pixels, other: Pixels, pixel: number): number {
  const [a, b] = [alphaOf(one, pixel), alphaOf(other, pixel)]
  let most = Math.abs(a - b)
  for (let channel = 0; channel < 3; channel++) {
    const off = Math.abs(levelOf(one, pixel, channel) - levelOf(other, pixel, channel))
    most = Math.max(most, (off * a) / 255)
  }
  return most
}

const levelOf = ({ data, channels }: Pixels, pixel: number, channel: number): number =>
  data[pixel * channels + (channels < 3 ? 0 : channel)] ?? 0

const alphaOf = ({ data, channels }: Pixels, pixel: number): number =>
  channels % 2 === 0 ? (data[pixel * channels + channels - 1] ?? 0) : 255
