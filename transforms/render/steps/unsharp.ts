// What a picture differs from its blurred copy in, added to it.
import type { Sharp } from 'sharp'
import { from, type Pixels, pixelsOf } from '../../pixels/run.ts'
import type { Unsharp } from '../../steps/unsharp.ts'
import { byte, coloursOf } from './channels.ts'

export async function unsharpened(image: Sharp, { amount, sigma }: Unsharp): Promise<Sharp> {
  const pixels = await pixelsOf(image)
  return from(added(pixels, await blurredCopy(pixels, sigma), amount))
}

/** A sigma in pixels that is not yet slow to blur by. */
const quick = 4

/** Exact to the level, where the usual blur is off by a few. Far blurs are made of a small copy. */
async function blurredCopy(pixels: Pixels, sigma: number): Promise<Pixels> {
  const { width, height } = pixels
  const times = Math.max(1, sigma / quick)
  const small = { width: Math.ceil(width / times), height: Math.ceil(height / times), fit: 'fill' } as const
  const blur = { sigma: sigma / times, precision: 'float' } as const
  if (times === 1) return pixelsOf(from(pixels).blur(blur))
  const near = await pixelsOf(from(pixels).resize(small))
  const blurred = await pixelsOf(from(near).blur(blur))
  return pixelsOf(from(blurred).resize({ width, height, fit: 'fill', kernel: 'cubic' }))
}

/** Twice the difference at the full amount, as much as none of it at the least: then it is the blurred copy. */
function added(pixels: Pixels, blurred: Pixels, amount: number): Pixels {
  const { data, channels } = pixels
  const made = Uint8Array.from(data)
  const colours = coloursOf(pixels)
  const factor = amount > 0 ? amount * 2 : amount
  for (let at = 0, near = 0; at < data.length; at += channels, near += blurred.channels) {
    // Colours that nobody sees, and those at the edge of what is seen, stay as they are.
    if (colours < channels && (data[at + colours] as number) < 255) continue
    for (let c = 0; c < colours; c++) {
      const value = data[at + c] as number
      made[at + c] = byte(value + (value - (blurred.data[near + c] as number)) * factor)
    }
  }
  return { ...pixels, data: made }
}
