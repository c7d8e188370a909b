// Blocks of one colour instead of pixels, over a whole picture or in a part of it.
import type { Sharp } from 'sharp'
import { from, type Pixels, pixelsOf } from '../../pixels/run.ts'
import type { Colour } from '../../plan/plan.ts'
import type { Hide } from '../../steps/hide.ts'
import { coloursOf, inColour } from './channels.ts'

/** Of the shorter side of what is hidden. */
const coarse = 1 / 8

export async function hidden(image: Sharp, { box, how, paint }: Hide): Promise<Sharp> {
  const pixels = await pixelsOf(image)
  if (paint) return from(painted(pixels, box, paint))
  const size = Math.max(2, Math.round(Math.min(box.width, box.height) * coarse))
  const part = await pixelsOf(from(pixels).extract(box))
  const made = how === 'pixelate' ? inBlocks(part, size) : await pixelsOf(from(part).blur(size))
  const data = Uint8Array.from(pixels.data)
  const row = box.width * pixels.channels
  for (let y = 0; y < box.height; y++)
    data.set(
      made.data.subarray(y * row, (y + 1) * row),
      ((box.top + y) * pixels.width + box.left) * pixels.channels,
    )
  return from({ ...pixels, data })
}

/** Over what was there (Compositing and Blending 1, 5.1). */
function painted(grey: Pixels, { left, top, width, height }: Hide['box'], paint: Colour): Pixels {
  const isNeutral = paint.r === paint.g && paint.g === paint.b
  const pixels = isNeutral ? grey : inColour(grey)
  const { channels } = pixels
  const colours = coloursOf(pixels)
  const data = Uint8ClampedArray.from(pixels.data)
  for (let y = top; y < top + height; y++)
    for (let x = left; x < left + width; x++) {
      const at = (y * pixels.width + x) * channels
      const below = (colours < channels ? (data[at + colours] as number) / 255 : 1) * (1 - paint.alpha)
      const alpha = paint.alpha + below
      const over = [paint.r, paint.g, paint.b]
      for (let c = 0; c < colours; c++)
        data[at + c] = ((over[c] as number) * paint.alpha + (data[at + c] as number) * below) / alpha
      if (colours < channels) data[at + colours] = alpha * 255
    }
  return { ...pixels, data: new Uint8Array(data.buffer, data.byteOffset, data.length) }
}

/** Each block in its mean colour; at the right and lower edge blocks are as large as there is room. */
export function inBlocks(pixels: Pixels, side: number): Pixels {
  const data = new Uint8Array(pixels.data.length)
  for (let top = 0; top < pixels.height; top += side)
    for (let left = 0; left < pixels.width; left += side) {
      const block = {
        left,
        top,
        right: Math.min(left + side, pixels.width),
        bottom: Math.min(top + side, pixels.height),
      }
      fill({ ...pixels, data }, block, meanOf(pixels, block))
    }
  return { ...pixels, data }
}

interface Block {
  readonly left: number
  readonly top: number
  /** The first column and row behind it. */
  readonly right: number
  readonly bottom: number
}

/** A colour counts as much as it is opaque. */
function meanOf({ data, width, channels }: Pixels, { left, top, right, bottom }: Block): Uint8Array {
  const colours = channels % 2 === 0 ? channels - 1 : channels
  const sums = new Float64Array(channels)
  let weights = 0
  for (let y = top; y < bottom; y++)
    for (let at = (y * width + left) * channels; at < (y * width + right) * channels; at += channels) {
      const weight = colours < channels ? (data[at + colours] ?? 0) : 1
      weights += weight
      for (let c = 0; c < colours; c++) sums[c] = (sums[c] ?? 0) + (data[at + c] ?? 0) * weight
    }
  const mean = Uint8Array.from(sums, (sum) => (weights > 0 ? Math.round(sum / weights) : 0))
  if (colours < channels) mean[colours] = Math.round(weights / ((right - left) * (bottom - top)))
  return mean
}

function fill(
  { data, width, channels }: Pixels,
  { left, top, right, bottom }: Block,
  colour: Uint8Array,
): void {
  for (let y = top; y < bottom; y++)
    for (let x = left; x < right; x++) data.set(colour, (y * width + x) * channels)
}
