// One picture, several ways to code it: which of them takes the fewest bytes for the score is seen after a probe of each.

import { type Aim, type Found, highest, lowest, type Probe, suggest, toGrain } from './quality-search.ts'
import { difficultyOf, qualityFor, type Way } from './score-curves.ts'

export interface Runner extends Probe {
  readonly way: Way
  readonly body: { readonly length: number }
}

export interface Course extends Omit<Aim, 'way'> {
  /** The likeliest winner first. */
  readonly ways: readonly Way[]
}

/** One point of score is so much of the bytes, whatever the format (5 to 6.5 % near 76). */
const bytesPerPoint = 0.054
/** So much above the target an answer is more often one that reaches it. */
const aLittle = 0.2

/** The smallest that reached the target; `probes` are those of all ways. */
export async function race<P extends Runner>(
  { ways, ...aim }: Course,
  probe: (way: Way, quality: number) => Promise<P>,
): Promise<Found<P>> {
  const probes: P[] = []
  const [first, ...others] = ways
  if (first === undefined) throw new RangeError('nobody runs')
  probes.push(await probe(first, bounded(first, aim.seed ?? startOf(first, aim.target, 1))))
  for (const way of others) {
    const [known] = probes
    if (!known || probes.length >= aim.maxProbes || performance.now() > aim.endsAt) break
    probes.push(await probe(way, bounded(way, startOf(way, aim.target, difficultyOf(first, known)))))
  }
  while (probes.length < aim.maxProbes) {
    const { way } = leaderOf(probes, aim.target)
    const quality = suggest(
      { ...aim, way },
      probes.filter((made) => made.way === way),
    )
    if (quality === undefined) break
    probes.push(await probe(way, quality))
  }
  return { best: smallestOf(probes, aim.target), probes }
}

const startOf = (way: Way, target: number, difficulty: number): number =>
  qualityFor(way, target + aLittle, difficulty)

const bounded = (way: Way, quality: number): number =>
  Math.min(highest, Math.max(lowest, toGrain(way, quality)))

/** By the bytes that each would take at the target itself. */
function leaderOf<P extends Runner>(probes: readonly P[], target: number): P {
  return probes.reduce((best, made) => (bytesAt(target, made) < bytesAt(target, best) ? made : best))
}

/** What a try would take if it scored just that. */
export const bytesAt = (target: number, { score, body }: Pick<Runner, 'score' | 'body'>): number =>
  body.length * Math.exp((target - score) * bytesPerPoint)

/** Of those that reached the target. */
export const smallestOf = <P extends Runner>(probes: readonly P[], target: number): P | undefined =>
  probes.filter(({ score }) => score >= target).toSorted((a, b) => a.body.length - b.body.length)[0]
