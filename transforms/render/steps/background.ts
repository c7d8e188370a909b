// What is behind a picture that something shows through.
import type { Sharp } from 'sharp'
import type { Colour, Plan } from '../../plan/plan.ts'

type Behind = Pick<Plan, 'flatten' | 'background'>

export const isOpaque = ({ alpha }: Colour): boolean => alpha === 1

/** What shows through is put behind the finished picture: by then it is small, and nothing before depends on it. */
export const isBacked = ({ flatten, background }: Behind): boolean => flatten && !isOpaque(background)

export function backed(image: Sharp, plan: Behind): Sharp {
  if (!isBacked(plan)) return image
  const create = { width: 1, height: 1, channels: 4, background: plan.background } as const
  return image.composite([{ input: { create }, tile: true, blend: 'dest-over' }])
}
