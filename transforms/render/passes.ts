// Does all passes of a plan but the last, each to the pixels of the one before: what is left is a plain plan upon pixels.
import type { Facts } from '../facts.ts'
import { type Pixels, pixelsOf } from '../pixels/run.ts'
import { factsAfter } from '../plan/passes.ts'
import type { Pass, Plan } from '../plan/plan.ts'
import type { Aim } from '../processor.ts'
import { needsFrames } from '../steps/index.ts'
import { framesOf, movementOf } from './frames.ts'
import { type Bounds, moves, wholeSeconds } from './reading.ts'
import { type Known, passAt, settled } from './settled.ts'
import { type Passed, type Start, startOfPixels, startOfSource } from './start.ts'
import { still } from './steps/index.ts'

export interface Begun extends Known {
  /** What the last pass of the plan is done to. */
  readonly start: Start
  readonly faces?: Aim | undefined
}

interface Way {
  readonly source: Uint8Array
  readonly bounds: Bounds
  /** Milliseconds of the time that there is. */
  left(): number
}

/** Every pass is settled when its turn comes, also the last one. Fails as `render` does. */
export async function begun(asked: Known, { source, bounds, left }: Way): Promise<Begun> {
  const last = asked.plan.nth ?? 0
  let known = asked
  let faces: Aim | undefined
  let bytes = source
  let start = (known: Known): Start => startOfSource(source, { ...known, bounds })
  for (let nth = 0; nth <= last; nth++) {
    const { faces: aim = faces, ...next } = await settled(known, nth, { bytes, start, timeoutMs: left() })
    known = next
    faces = aim
    const pass = nth < last && passAt(await inItsColours(known.plan), nth)
    if (!pass) continue
    const { roll, ...way } = await done(pass, known, { start: start(known), bounds, timeoutMs: left() })
    const made = startOfPixels(roll, way)
    start = () => made
    bytes = roll.data
  }
  return { ...known, start: start(known), faces }
}

/** Pixels between two passes are in the colours of the result. */
async function inItsColours(plan: Plan): Promise<Plan> {
  if (!plan.space) return plan
  // Loaded only here: most pictures are in sRGB.
  const { inSpaceOfPlan } = await import('./plan-colours.ts')
  return inSpaceOfPlan(plan)
}

interface Doing {
  readonly start: Start
  readonly bounds: Bounds
  readonly timeoutMs: number
}

async function done(
  pass: Pass,
  { plan }: Known,
  { start, bounds, timeoutMs }: Doing,
): Promise<Passed & { readonly roll: Pixels }> {
  const { facts } = start
  const { image: read, size, movement: own } = await start.open()
  const image = read.timeout({ seconds: wholeSeconds(timeoutMs) })
  const movement = own ?? (moves(facts, plan) ? await movementOf(image, plan.film) : undefined)
  const { further = [], fonts } = bounds
  const task = { size, plan: { ...pass, ...(plan.further && { further: plan.further }) }, further, fonts }
  const made = await (movement && needsFrames(pass) ? framesOf : still)(image, task)
  return { roll: await pixelsOf(made), facts: after(pass, facts), movement }
}

/** What is seen of a picture is not seen of the next. */
function after(pass: Pass, facts: Facts): Facts {
  const { content: _, faces: __, later: ___, ...known } = factsAfter(pass, facts)
  return known
}
