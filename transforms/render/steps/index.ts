// The steps of a plan upon one still picture, or upon all frames at once where sharp can; each is a few words to sharp.
import type { Sharp } from 'sharp'
import type { Pass } from '../../plan/plan.ts'
import type { Size } from '../../steps/geometry/sizes.ts'
import { type StepName, stepsIn } from '../../steps/index.ts'
import type { Applied, Apply, Around } from './applied.ts'
import { backed, isOpaque } from './background.ts'
import { effects } from './effects.ts'
import { frame } from './frame.ts'
import { geometry } from './geometry.ts'
import { unclipped } from './unclipped.ts'

/** A step of the list that is missing here does not compile. */
const applied: Applied<StepName> = { ...geometry, ...effects }

export interface Subject extends Around {
  /** Of the decoded picture. */
  readonly size: Size
}

/** All steps up to the encoder, in the list's order. */
export async function still(source: Sharp, { size, ...around }: Subject): Promise<Sharp> {
  const { plan } = around
  const framed = (image: Sharp): Sharp => frame(image, size, plan)
  let image = (await hasRing(source, plan)) ? await unclipped(source, framed) : framed(source)
  for (const name of stepsIn(plan)) image = await done(name, image, around)
  return backed(image, plan)
}

function done<Name extends StepName>(name: Name, image: Sharp, around: Around): Sharp | Promise<Sharp> {
  const apply: Apply<Name> = applied[name]
  const value: Pass[Name] = around.plan[name]
  return value === undefined ? image : apply(image, value, around)
}

/** Only where it would be sharpened: by itself it is faint, and to take it away costs a second decoding. */
async function hasRing(source: Sharp, { sharpen, resize, flatten, background }: Pass): Promise<boolean> {
  if (!sharpen || !resize || (flatten && isOpaque(background))) return false
  const { hasAlpha, format } = await source.metadata()
  // A drawing is drawn at its size.
  return hasAlpha && format !== 'svg'
}
