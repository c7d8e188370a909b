// The steps upon finished pixels.
import type { Sharp } from 'sharp'
import { from, type Pixels, pixelsOf } from '../../pixels/run.ts'
import type { Pass } from '../../plan/plan.ts'
import type { StepName } from '../../steps/index.ts'
import type { Applied } from './applied.ts'
import { isOpaque } from './background.ts'
import { blended } from './blends.ts'
import { hidden, inBlocks } from './blocks.ts'
import { mapped, tableOf } from './channels.ts'
import { enhanced } from './enhance.ts'
import { onGrid } from './grid.ts'
import { halftoned } from './halftone.ts'
import { balanced, thresholded, translucent } from './levels.ts'
import { marked } from './overlays.ts'
import { saturated } from './saturate.ts'
import { shaded } from './shade.ts'
import { bordered, masked, padded } from './shapes.ts'
import { sharpened, sharpenVisible } from './sharpen.ts'
import { written } from './texts.ts'
import { duotone, monochrome, sepia } from './tint.ts'
import { toned } from './tone.ts'
import { unsharpened } from './unsharp.ts'
import { veiled } from './veils.ts'

const negative = tableOf((value) => 255 - value)

/** A step upon the pixels as they lie in memory. */
const upon =
  <Value>(work: (pixels: Pixels, value: Value) => Pixels) =>
  async (image: Sharp, value: Value): Promise<Sharp> =>
    from(work(await pixelsOf(image), value))

export const effects = {
  veil: veiled,
  enhance: upon(enhanced),
  tone: upon(toned),
  balance: upon(balanced),
  saturate: upon(saturated),
  invert: upon((pixels) => mapped(pixels, negative)),
  threshold: upon(thresholded),
  monochrome: upon(monochrome),
  sepia: upon(sepia),
  duotone: upon(duotone),
  unsharp: unsharpened,
  halftone: upon(halftoned),
  hide: hidden,
  mask: async (image, mask, around) => from(await masked(await pixelsOf(image), mask, around)),
  border: async (image, border) => from(await bordered(await pixelsOf(image), border)),
  pad: padded,
  opacity: upon(translucent),
  blend: blended,
  shade: upon(shaded),
  mark: marked,
  text: written,
  grid: upon(onGrid),
  blur: (image, sigma) => image.blur(sigma),
  sharpen: async (image, strength, { plan }) =>
    (await mayShowThrough(image, plan)) ? sharpenVisible(image, strength) : sharpened(image, strength),
  pixelate: async (image, side) => from(inBlocks(await pixelsOf(image), side)),
} satisfies Partial<Applied<StepName>>

async function mayShowThrough(image: Sharp, { extend, flatten, background }: Pass): Promise<boolean> {
  if (extend?.paint === 'background' && !isOpaque(background)) return true
  if (extend?.colour && !isOpaque(extend.colour)) return true
  if (flatten && isOpaque(background)) return false
  return (await image.metadata()).hasAlpha
}
