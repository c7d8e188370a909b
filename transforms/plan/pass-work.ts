// What the steps of a plan take, each pass at the sizes that it really has.

import { needsFrames, workOfSteps } from '../steps/index.ts'
import { passesOf } from './passes.ts'
import type { Plan } from './plan-types.ts'

interface Amounts {
  /** Megapixels out of the decoder. */
  readonly loaded: number
  /** Megapixels of the result. */
  readonly made: number
  readonly frames: number
}

export function workOfPasses(plan: Plan, { loaded, made, frames }: Amounts): (readonly [string, number])[] {
  const work: (readonly [string, number])[] = []
  let given = loaded
  for (const pass of passesOf(plan)) {
    if (frames > 1 && needsFrames(pass)) work.push(['frame apart', frames])
    const resized = pass.resize ? (pass.resize.width * pass.resize.height * frames) / 1e6 : given
    const done = pass === plan ? made : (pass.width * pass.height * frames) / 1e6
    work.push(...workOfSteps(pass, { loaded: given, resized, made: done, frames }))
    if (pass !== plan) work.push(['pass', done])
    given = done
  }
  return work
}
