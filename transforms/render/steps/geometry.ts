// The steps that move pixels, behind those that are one pipeline.
import type { Sharp } from 'sharp'
import { afresh, from, pixelsOf } from '../../pixels/run.ts'
import { sharp } from '../../pixels/sharp.ts'
import type { Plan } from '../../plan/plan.ts'
import type { StepName } from '../../steps/index.ts'
import type { Applied } from './applied.ts'
import { isBacked } from './background.ts'
import { onPainted } from './canvas.ts'
import { inColour } from './channels.ts'

/** Done by `frame` already. */
const framed = (image: Sharp): Sharp => image

export const geometry = {
  orient: framed,
  extract: framed,
  /** Where the content lies is known by now, and a plan that knows it has no such step. */
  trim: framed,
  resize: framed,
  crop: async (image, crop) => (crop.by === 'box' ? framed(image) : smartCrop(await afresh(image), crop)),
  /** Where faces are is known by now, and a plan that knows it has no such step. */
  faces: framed,
  async extend(image, value, { plan: { crop, flatten, background } }) {
    const { paint, colour, gradient: _, ...sides } = value
    const cropped = crop ? await afresh(image) : image
    if (paint === 'blur' || paint === 'gradient') return onPainted(cropped, value)
    if (paint === 'edge') return cropped.extend({ ...sides, extendWith: 'copy' })
    if (colour) return (await afresh(cropped)).toColourspace('srgb').extend({ ...sides, background: colour })
    // What is put behind everything in the end is not put behind the canvas twice.
    const isTwice = isBacked({ flatten, background })
    return cropped.extend({ ...sides, background: isTwice ? { ...background, alpha: 0 } : background })
  },
  cut: async (image, box) => (await afresh(image)).extract(box),
  async flip(image, { horizontal, vertical }) {
    const flipped = await afresh(image)
    if (horizontal) flipped.flop()
    if (vertical) flipped.flip()
    return flipped
  },
  /** How large the turned picture is, only the renderer knows; the frame is cut from its middle. */
  async rotate(image, { degrees, cut: { width, height }, corners }, { plan: { background } }) {
    const flat = corners ? from(inColour(await pixelsOf(image))) : await afresh(image)
    const turned = await pixelsOf(flat.rotate(degrees, { background: corners ?? background }))
    return from(turned).extract({
      left: Math.floor((turned.width - width) / 2),
      top: Math.floor((turned.height - height) / 2),
      width,
      height,
    })
  },
} satisfies Partial<Applied<StepName>>

type SmartCrop = Exclude<NonNullable<Plan['crop']>, { by: 'box' }>

export const smartCrop = (image: Sharp, { by, width, height }: SmartCrop): Sharp =>
  image.resize({ width, height, fit: 'cover', position: sharp.strategy[by] })
