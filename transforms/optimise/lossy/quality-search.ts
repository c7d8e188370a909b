// Finds the lowest quality that reaches a score in few probes; knows nothing of pictures.
import { difficultyOf, grainOf, isAlike, qualityFor, scoreAt, type Way } from './score-curves.ts'

export interface Probe {
  readonly quality: number
  readonly score: number
}

export interface Aim {
  readonly way: Way
  readonly target: number
  readonly maxProbes: number
  /** From `performance.now()`: no probe begins after it, except the first, and a second where the first fell short. */
  readonly endsAt: number
  /** The quality to begin with, such as the one found for this picture at another width. */
  readonly seed?: number | undefined
  /** How much above the target is near enough; half a point unless told otherwise, less where qualities lie closer. */
  readonly tolerance?: number
}

/** Below, pictures fall apart; above, only bytes grow. */
export const lowest = 20
export const highest = 97
/** Half a point is 3 % of the bytes, and saves most of a probe. */
const toleranceOf = ({ way, tolerance }: Aim): number => tolerance ?? Math.min(0.5, grainOf(way))

/** Out of time, one last probe aims so much higher: it must not fall short again. */
const safely = 1.5

export interface Found<P extends Probe> {
  /** The lowest that reached the target; undefined when none did. */
  readonly best: P | undefined
  /** In the order they were made. */
  readonly probes: readonly P[]
}

export async function seek<P extends Probe>(
  aim: Aim,
  probe: (quality: number) => Promise<P>,
): Promise<Found<P>> {
  const probes: P[] = []
  while (probes.length < aim.maxProbes) {
    const quality = suggest(aim, probes)
    if (quality === undefined) break
    probes.push(await probe(quality))
  }
  return { best: lowestOf(probes, aim.target), probes }
}

/** The quality to try after these; undefined when nothing better is to be expected, or no time is left. */
export function suggest(aim: Aim, probes: readonly Probe[]): number | undefined {
  const best = lowestOf(probes, aim.target)
  const grain = grainOf(aim.way)
  const below = Math.max(lowest - grain, ...probes.flatMap((p) => (p.score < aim.target ? p.quality : [])))
  const above = best?.quality ?? highest + grain
  if (best && isNear(aim, best)) return undefined
  const isLate = probes.length > 0 && performance.now() > aim.endsAt
  if (isLate && (best !== undefined || probes.length > 1)) return undefined
  const aimed = isLate ? { ...aim, target: aim.target + safely } : aim
  return nearestBetween(aim.way, { below, above }, next(aimed, probes))
}

/** The nearest of the qualities that make a file of their own, of two the higher; undefined where there is none. */
function nearestBetween(
  way: Way,
  { below, above }: { below: number; above: number },
  wanted: number,
): number | undefined {
  let nearest: number | undefined
  for (let quality = below + grainOf(way); quality < above; quality += grainOf(way))
    if (!isAlike(way, quality) && Math.abs(quality - wanted) <= Math.abs((nearest ?? Infinity) - wanted))
      nearest = quality
  return nearest
}

/** The nearest quality that there is. */
export function toGrain(way: Way, quality: number): number {
  const grain = grainOf(way)
  return Math.round(quality / grain) * grain
}

const lowestOf = <P extends Probe>(probes: readonly P[], target: number): P | undefined =>
  probes.filter(({ score }) => score >= target).toSorted((a, b) => a.quality - b.quality)[0]

function isNear(aim: Aim, probe: Probe): boolean {
  const excess = probe.score - aim.target
  return excess >= 0 && excess < Math.max(toleranceOf(aim), step(aim.way, probe))
}

/** What the next lower quality would cost: nothing lower is worth a probe when it would fall short. */
const step = (way: Way, probe: Probe): number =>
  difficultyOf(way, probe) * (scoreAt(way, probe.quality) - scoreAt(way, probe.quality - grainOf(way)))

/** After so many a bracket is halved: guards bend the curve where the model knows nothing of them. */
const halvedFrom = 4

/** Where the target should be: a little above it, so that the first answer is more often one that reaches it. */
function next(aim: Aim, probes: readonly Probe[]): number {
  const { way, target, seed } = aim
  const aimed = target + toleranceOf(aim) * 0.4
  const [a, b] = bracket(probes, target)
  if (a === undefined) return seed ?? qualityFor(way, aimed, 1)
  if (b === undefined || a.quality === b.quality) return qualityFor(way, aimed, difficultyOf(way, a))
  const isBetween = a.score >= target !== b.score >= target
  if (isBetween && probes.length >= halvedFrom) return (a.quality + b.quality) / 2
  // Between two probes, and a little beyond them, the difficulty itself is taken to change evenly.
  const [from, to] = [difficultyOf(way, a), difficultyOf(way, b)]
  const part = clamp((aimed - a.score) / (b.score - a.score || 1), -1, 2)
  return qualityFor(way, aimed, Math.max(0.05, from + (to - from) * part))
}

/** The nearest probe on each side of the target; while all lie on one side, the nearest two. */
function bracket(probes: readonly Probe[], target: number): readonly Probe[] {
  const near = probes.toSorted((a, b) => Math.abs(a.score - target) - Math.abs(b.score - target))
  const sides = [near.find(({ score }) => score < target), near.find(({ score }) => score >= target)]
  const both = sides.flatMap((probe) => probe ?? [])
  return both.length === 2 ? both : near
}

const clamp = (value: number, low: number, high: number): number => Math.min(high, Math.max(low, value))
