// The steps upon finished pixels.
import type { Sharp } from 'sharp'
import { from, type Pixels, pixelsOf } from '../../pixels/run.ts'
import type { Plan } from '../../plan/plan.ts'
import type { StepName } from '../../steps/index.ts'
import type { Applied } from './applied.ts'
import { isOpaque } from './background.ts'
import { blended } from './blends.ts'
import { mapped, tableOf } from './channels.ts'
import { enhanced } from './enhance.ts'
import { halftoned } from './halftone.ts'
import { marked } from './overlays.ts'
import { saturated } from './saturate.ts'
import { bordered, masked, padded } from './shapes.ts'
import { sharpened, sharpenVisible } from './sharpen.ts'
import { written } from './texts.ts'
import { duotone, monochrome, sepia } from './tint.ts'
import { toned } from './tone.ts'
import { unsharpened } from './unsharp.ts'

const negative = tableOf((value) => 255 - value)

/** A step upon the pixels as they lie in memory. */
const upon =
  <Value>(work: (pixels: Pixels, value: Value) => Pixels) =>
  async (image: Sharp, value: Value): Promise<Sharp> =>
    from(work(await pixelsOf(image), value))

export const effects = {
  enhance: upon(enhanced),
  tone: upon(toned),
  saturate: upon(saturated),
  invert: upon((pixels) => mapped(pixels, negative)),
  monochrome: upon(monochrome),
  sepia: upon(sepia),
  duotone: upon(duotone),
  unsharp: unsharpened,
  halftone: upon(halftoned),
  mask: async (image, mask, around) => from(await masked(await pixelsOf(image), mask, around)),
  border: async (image, border) => from(await bordered(await pixelsOf(image), border)),
  pad: padded,
  blend: blended,
  mark: marked,
  text: written,
  blur: (image, sigma) => image.blur(sigma),
  sharpen: async (image, strength, { plan }) =>
    (await mayShowThrough(image, plan)) ? sharpenVisible(image, strength) : sharpened(image, strength),
  pixelate: async (image, side) => from(inBlocks(await pixelsOf(image), side)),
} satisfies Partial<Applied<StepName>>

async function mayShowThrough(image: Sharp, { extend, flatten, background }: Plan): Promise<boolean> {
  if (extend?.paint === 'background' && !isOpaque(background)) return true
  if (extend?.colour && !isOpaque(extend.colour)) return true
  if (flatten && isOpaque(background)) return false
  return (await image.metadata()).hasAlpha
}

/** Each block in its mean colour; at the right and lower edge blocks are as large as there is room. */
function inBlocks(pixels: Pixels, side: number): Pixels {
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
