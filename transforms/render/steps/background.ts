// What is behind a picture that something shows through.
import type { Sharp } from 'sharp'
import { afresh } from '../../pixels/run.ts'
import type { Colour, Plan } from '../../plan/plan.ts'
import { opensUp, type StepValues } from '../../steps/index.ts'

type Behind = Pick<Plan, 'flatten' | 'background'>
type Opened = Behind & StepValues

export const isOpaque = ({ alpha }: Colour): boolean => alpha === 1

/** What shows through is put behind the finished picture: by then it is small, and nothing before depends on it. */
export const isBacked = ({ flatten, background }: Behind): boolean => flatten && !isOpaque(background)

export async function backed(image: Sharp, plan: Opened): Promise<Sharp> {
  // What was transparent before the steps is painted before them; what they open is painted here.
  if (plan.flatten && isOpaque(plan.background) && opensUp(plan))
    return (await afresh(image)).flatten({ background: plan.background })
  if (!isBacked(plan)) return image
  const create = { width: 1, height: 1, channels: 4, background: plan.background } as const
  return image.composite([{ input: { create }, tile: true, blend: 'dest-over' }])
}
