// A picture whose colours are told by code points, by Lab or by a grey curve, brought to one of our colour spaces as a
// profile would do it.
import type { Sharp } from 'sharp'
import type { Coding, Facts } from '../facts.ts'
import { codingOf } from '../identify/colour-code.ts'
import { greyCurveOf } from './grey-curve.ts'
import { labToSpace } from './lab.ts'
import { from, samplesOf } from './run.ts'
import type { SpaceName } from './spaces.ts'
import { toSpace } from './to-space.ts'
import type { Meaning } from './transfer.ts'

type Stored = Pick<Facts, 'depth' | 'lab'>

interface Way {
  readonly facts: Stored
  readonly colour: Meaning
  readonly space: SpaceName
}

/** A new pipeline that goes on from what `image` has done so far. */
export async function inSpace(image: Sharp, { facts, colour, space }: Way): Promise<Sharp> {
  const { depth, lab } = facts
  const { width, height, ...read } = await samplesOf(image, depth > 8 ? 16 : 8)
  const samples = { ...read, depth }
  const { channels } = samples
  const data = lab ? labToSpace(samples, lab, space) : toSpace(samples, colour, space)
  return from({ width, height, channels, data })
}

export const asSrgb = codingOf(1, 13) as Coding

/** Grey whose profile the decoder does not hear. */
export const isDeepGrey = ({ space, icc, depth }: Pick<Facts, 'space' | 'icc' | 'depth'>): boolean =>
  space === 'gray' && icc && depth > 8

/** By a grey picture's own profile; as sRGB's grey where that has none of use. */
export async function greyOf(image: Sharp): Promise<Meaning> {
  const { icc } = await image.metadata()
  const curve = icc && greyCurveOf(icc)
  return curve ? { ...asSrgb, transfer: curve } : asSrgb
}
