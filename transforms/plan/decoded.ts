// How many pixels a decoder yields for a plan.
import { type Facts, isDrawing } from '../facts.ts'
import type { Plan } from './plan-types.ts'

/** Pixels of one frame as the decoder yields it; an SVG is drawn at the plan's density. */
export function drawnPixels(facts: Facts, plan: Pick<Plan, 'density'> | undefined): number {
  const density = isDrawing(facts) ? (plan?.density ?? 1) : 1
  return facts.width * facts.height * density ** 2
}

/** A JPEG's decoder can yield a half, a quarter or an eighth of each side for little, where nothing is cut out before. */
export function shrinkOnLoad(
  { resize, extract, orient }: Pick<Plan, 'resize' | 'extract' | 'orient'>,
  { width, height }: Facts,
): number {
  if (!resize || extract) return 1
  const [across, down] =
    (orient?.turns ?? 0) % 2 ? [resize.height, resize.width] : [resize.width, resize.height]
  const times = Math.min(width / across, height / down)
  return [8, 4, 2].find((shrink) => shrink <= times) ?? 1
}
