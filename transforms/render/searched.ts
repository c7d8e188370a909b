// A picture at a quality that is looked for (`q=auto`).
import type { Sharp } from 'sharp'
import type { Facts } from '../facts.ts'
import { outputFormats } from '../formats.ts'
import { pixelsOf } from '../pixels/run.ts'
import { isUntouched } from '../plan/choices.ts'
import type { Plan } from '../plan/plan.ts'
import { staysGray } from './our-colours.ts'
import type { Rendered } from './rendered.ts'
import { type Subject, still } from './steps/index.ts'

interface Search extends Subject {
  readonly plan: Plan
  readonly facts: Facts
  readonly source: Uint8Array
  /** From `performance.now()`: nothing more is tried after it. */
  readonly endsAt: number
}

/** At the quality that reaches the plan's score; undefined when there is nothing to look for. */
export async function searched(image: Sharp, task: Search): Promise<Rendered | undefined> {
  const { facts, plan, source, endsAt } = task
  const { format, score } = plan.encoding
  if (score === undefined || format === 'png' || format === 'gif' || format === 'jxl') return undefined
  // Loaded only here: a plain render needs neither the metric nor the other encoders.
  const { byScore, recodedByScore } = await import('./auto.ts')
  const pixels = await pixelsOf(await still(image.clone(), task))
  const goal = { format, score, isGrey: staysGray(facts, plan, format), endsAt }
  const found = isUntouched(facts, plan)
    ? await recodedByScore(source, { ...goal, facts, pixels })
    : await byScore(pixels, goal)
  if (!found) return undefined
  const { body, ...sought } = found
  const { type } = outputFormats[format]
  return { body, type, width: plan.width, height: plan.height, pages: 1, found: sought }
}
