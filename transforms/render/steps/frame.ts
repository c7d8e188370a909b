// Region, size and orientation of a picture, in one pipeline that its decoder can help with.
import type { Sharp } from 'sharp'
import type { Pass, Plan } from '../../plan/plan.ts'
import { inverse, orientBox, orientSize } from '../../steps/geometry/orientation.ts'
import { type Box, nested, type Size } from '../../steps/geometry/sizes.ts'
import { isOpaque } from './background.ts'

/** Of a pass, what is done here. */
export type Framed = Pick<
  Pass,
  'resize' | 'orient' | 'extract' | 'crop' | 'kernel' | 'flatten' | 'background'
>

/**
 * The picture is cut and resized as it is stored and turned afterwards: turned first, it could neither be shrunk while it
 * is decoded nor be read from top to bottom. `size` is that of the decoded picture.
 */
export function frame(image: Sharp, size: Size, plan: Framed): Sharp {
  const { resize, orient, flatten, background, kernel } = plan
  const { extract, crop } = cuts(plan)
  const back = orient && inverse(orient)
  if (flatten && isOpaque(background)) image.flatten({ background })
  if (extract) image.extract(back ? orientBox(extract, orientSize(size, orient), back) : extract)
  if (resize)
    image.resize({ ...(back ? orientSize(resize, back) : resize), fit: 'fill', ...(kernel && { kernel }) })
  if (orient) turn(image, orient)
  if (crop) image.extract(crop)
  return image
}

/** What is cut before and after resizing. Without resizing there is one cut: sharp would put a second in the wrong place. */
function cuts({ extract, resize, crop }: Framed): { extract?: Box | undefined; crop?: Box | undefined } {
  const box = crop?.by === 'box' ? crop.box : undefined
  if (resize || !box) return { extract, crop: box }
  return { extract: extract ? nested(box, extract) : box }
}

/** sharp mirrors before it turns, the plan after: a mirror after an odd turn is the other mirror before it. */
function turn(image: Sharp, { turns, mirror }: NonNullable<Plan['orient']>): void {
  if (mirror && turns % 2 === 0) image.flop()
  if (mirror && turns % 2 === 1) image.flip()
  if (turns !== 0) image.rotate(turns * 90)
}
