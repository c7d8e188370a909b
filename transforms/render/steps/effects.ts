// The steps upon finished pixels.
import type { Sharp } from 'sharp'
import type { Plan } from '../../plan/plan.ts'
import type { StepName } from '../../steps/index.ts'
import type { Applied } from './applied.ts'
import { isOpaque } from './background.ts'
import { sharpened, sharpenVisible } from './sharpen.ts'

export const effects = {
  blur: (image, sigma) => image.blur(sigma),
  sharpen: async (image, strength, plan) =>
    (await mayShowThrough(image, plan)) ? sharpenVisible(image, strength) : sharpened(image, strength),
} satisfies Partial<Applied<StepName>>

async function mayShowThrough(image: Sharp, { extend, flatten, background }: Plan): Promise<boolean> {
  if (extend?.paint === 'background' && !isOpaque(background)) return true
  if (flatten && isOpaque(background)) return false
  return (await image.metadata()).hasAlpha
}
