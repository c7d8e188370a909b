// The steps of a plan upon one still picture, or upon all frames at once where sharp can; each is a few words to sharp.
import type { Sharp } from 'sharp'
import { nested, type Size } from '../plan/geometry.ts'
import { inverse, orientBox, orientSize } from '../plan/orientation.ts'
import type { Box, Colour, Plan } from '../plan/plan.ts'
import { afresh, from, pixelsOf } from './run.ts'
import { sharp } from './sharp.ts'
import { sharpened, sharpenVisible } from './sharpen.ts'
import { unclipped } from './unclipped.ts'

/** All steps up to the encoder, in the plan's order; `size` is that of the decoded picture. */
export async function still(source: Sharp, size: Size, plan: Plan): Promise<Sharp> {
  const framed = (image: Sharp): Sharp => frame(image, size, plan)
  let image = (await hasRing(source, plan)) ? await unclipped(source, framed) : framed(source)
  if (plan.crop && plan.crop.by !== 'box') image = smartCrop(await afresh(image), plan.crop)
  if (plan.extend) image = extend(plan.crop ? await afresh(image) : image, plan)
  if (plan.cut) image = (await afresh(image)).extract(plan.cut)
  if (plan.flip) image = flip(await afresh(image), plan.flip)
  if (plan.rotate) image = await rotate(await afresh(image), plan)
  return backed(await effects(image, plan), plan)
}

/**
 * Region, size and orientation in one pipeline. The picture is cut and resized as it is stored and turned afterwards:
 * turned first, it could neither be shrunk while it is decoded nor be read from top to bottom.
 */
export function frame(image: Sharp, size: Size, plan: Plan): Sharp {
  const { resize, orient, flatten, background } = plan
  const { extract, crop } = cuts(plan)
  const back = orient && inverse(orient)
  if (flatten && isOpaque(background)) image.flatten({ background })
  if (extract) image.extract(back ? orientBox(extract, orientSize(size, orient), back) : extract)
  if (resize) image.resize({ ...(back ? orientSize(resize, back) : resize), fit: 'fill' })
  if (orient) turn(image, orient)
  if (crop) image.extract(crop)
  return image
}

/** What is cut before and after resizing. Without resizing there is one cut: sharp would put a second in the wrong place. */
function cuts({ extract, resize, crop }: Plan): { extract?: Box | undefined; crop?: Box | undefined } {
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

type SmartCrop = Exclude<NonNullable<Plan['crop']>, { by: 'box' }>

export function smartCrop(image: Sharp, { by, width, height }: SmartCrop): Sharp {
  return image.resize({ width, height, fit: 'cover', position: sharp.strategy[by] })
}

function extend(image: Sharp, { extend, flatten, background }: Plan): Sharp {
  const { paint, ...sides } = extend ?? { paint: 'background' as const }
  if (paint === 'edge') return image.extend({ ...sides, extendWith: 'copy' })
  // What is put behind everything in the end is not put behind the canvas twice.
  return image.extend({
    ...sides,
    background: isBacked({ flatten, background }) ? { ...background, alpha: 0 } : background,
  })
}

const isOpaque = ({ alpha }: Colour): boolean => alpha === 1

/** What shows through is put behind the finished picture: by then it is small, and nothing before depends on it. */
const isBacked = ({ flatten, background }: Pick<Plan, 'flatten' | 'background'>): boolean =>
  flatten && !isOpaque(background)

function backed(image: Sharp, plan: Plan): Sharp {
  if (!isBacked(plan)) return image
  const create = { width: 1, height: 1, channels: 4, background: plan.background } as const
  return image.composite([{ input: { create }, tile: true, blend: 'dest-over' }])
}

function flip(image: Sharp, { horizontal, vertical }: NonNullable<Plan['flip']>): Sharp {
  return image.flop(horizontal).flip(vertical)
}

/** How large the turned picture is, only the renderer knows; the frame is cut from its middle. */
async function rotate(image: Sharp, { rotate, background }: Plan): Promise<Sharp> {
  if (!rotate) return image
  const turned = await pixelsOf(image.rotate(rotate.degrees, { background }))
  const { width, height } = rotate.cut
  return from(turned).extract({
    left: Math.floor((turned.width - width) / 2),
    top: Math.floor((turned.height - height) / 2),
    width,
    height,
  })
}

async function effects(image: Sharp, plan: Plan): Promise<Sharp> {
  const { blur, sharpen } = plan
  if (blur) image.blur(blur)
  if (!sharpen) return image
  return (await mayShowThrough(image, plan)) ? sharpenVisible(image, sharpen) : sharpened(image, sharpen)
}

/** Only where it would be sharpened: by itself it is faint, and to take it away costs a second decoding. */
async function hasRing(source: Sharp, { sharpen, resize, flatten, background }: Plan): Promise<boolean> {
  if (!sharpen || !resize || (flatten && isOpaque(background))) return false
  const { hasAlpha, format } = await source.metadata()
  // A drawing is drawn at its size.
  return hasAlpha && format !== 'svg'
}

async function mayShowThrough(image: Sharp, { extend, flatten, background }: Plan): Promise<boolean> {
  if (extend?.paint === 'background' && !isOpaque(background)) return true
  if (flatten && isOpaque(background)) return false
  return (await image.metadata()).hasAlpha
}
