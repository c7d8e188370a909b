// Whether the range of a source beyond usual screens is kept: where it was asked for, the file can carry it, and nothing
// was done to the picture that its map, or its samples, would not follow.
import type { Facts } from '../facts.ts'
import type { Spec } from '../language/options.ts'
import { type StepName, stepsIn } from '../steps/index.ts'
import type { Plan } from './plan-types.ts'

/** What moves pixels in one pipeline and leaves their colours. */
const followed: ReadonlySet<StepName> = new Set<StepName>(['orient', 'extract', 'resize', 'crop'])

export function hdrOf({ hdr, formats }: Spec, facts: Facts, made: Plan): Pick<Plan, 'hdr'> {
  if (hdr !== 'keep' || formats || made.tell || made.video || !isFollowed(made)) return {}
  const { format } = made.encoding
  if (format === 'jpeg' && facts.gainMap) return { hdr: 'map' }
  return format === 'avif' && isHigh(facts) && !made.space ? { hdr: 'samples' } : {}
}

const isFollowed = (made: Plan): boolean =>
  stepsIn(made).every((name) => followed.has(name)) && (made.crop?.by ?? 'box') === 'box' && !made.flatten

const isHigh = ({ colour }: Facts): boolean =>
  colour?.fullRange === true && (colour.transfer === 'pq' || colour.transfer === 'hlg')
