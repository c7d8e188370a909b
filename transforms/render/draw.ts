// Draws an SVG at the size that the plan needs, so that it is never enlarged from pixels.
import type { Sharp } from 'sharp'
import type { Facts } from '../facts.ts'
import { documentOf, sized } from '../identify/svg.ts'
import { afresh } from '../pixels/run.ts'
import { sharp } from '../pixels/sharp.ts'
import type { Size } from '../steps/geometry/sizes.ts'
import type { Way } from './tools.ts'

/** CSS counts 96 pixels to an inch, and the lengths inside the document are in CSS units. */
const pixelsPerInch = 96

/** The drawing and its size. It is drawn right at the size asked for, unless a region must be cut from it first. */
export async function draw(
  bytes: Buffer,
  facts: Facts,
  { plan, options }: Way,
): Promise<{ image: Sharp; size: Size }> {
  const document = Buffer.from(sized(documentOf(bytes), drawnSize(facts)), 'latin1')
  // The size of the drawing was settled by admission; sharp would count it before it is scaled.
  const image = sharp(document, { ...options, density: pixelsPerInch, limitInputPixels: false })
  const size = drawnSizeAt(facts, plan.density ?? 1)
  if (plan.resize && !plan.extract) return { image, size }
  return { image: await afresh(image.resize({ ...size, fit: 'fill' })), size }
}

/** In its own ratio, and no side below a pixel: the renderer draws nothing that is smaller. */
function drawnSize({ width, height, exact = { width, height } }: Facts): Size {
  const scale = Math.max(1, 1 / Math.min(exact.width, exact.height))
  return { width: exact.width * scale, height: exact.height * scale }
}

/** The size of a drawing at a density. */
export function drawnSizeAt({ width, height }: Size, density: number): Size {
  return {
    width: Math.max(1, Math.round(width * density)),
    height: Math.max(1, Math.round(height * density)),
  }
}
