// Finds, in few probes, the lowest quality that reaches a score. It knows nothing of pictures.
import {
  type EncoderPreset,
  isSameAsBelow,
  measureDifficulty,
  predictQuality,
  predictScore,
  qualityStep,
} from './score-curves.ts'

export interface QualityProbe {
  readonly quality: number
  readonly score: number
}

export interface QualityAim {
  readonly preset: EncoderPreset
  readonly target: number
  readonly maxProbes: number
  /**
   * On the clock of `performance.now()`. No probe begins later, except the first, and a second where the first fell
   * short.
   */
  readonly endsAt: number
  /** The quality to begin with, such as the one found for this picture at another width. */
  readonly seed?: number | undefined
  /**
   * Points above the target that are near enough; half a point by default, less where the steps of quality are smaller.
   */
  readonly tolerance?: number
}

/** Below the lowest, pictures fall apart; above the highest, only bytes grow. */
export const lowestQuality = 20
export const highestQuality = 97
/** Half a point is 3 % of the bytes, and saves nearly one probe. */
const getTolerance = ({ preset, tolerance }: QualityAim): number =>
  tolerance ?? Math.min(0.5, qualityStep(preset))

/** Out of time, the last probe aims so many points higher, so that it does not fall short again. */
const lateMargin = 1.5

export interface QualityResult<P extends QualityProbe> {
  /** The probe of the lowest quality that reached the target; undefined when none did. */
  readonly best: P | undefined
  /** In the order they were made. */
  readonly probes: readonly P[]
}

export async function searchQuality<P extends QualityProbe>(
  aim: QualityAim,
  probe: (quality: number) => Promise<P>,
): Promise<QualityResult<P>> {
  const probes: P[] = []
  while (probes.length < aim.maxProbes) {
    const quality = suggestQuality(aim, probes)
    if (quality === undefined) break
    probes.push(await probe(quality))
  }
  return { best: pickLowest(probes, aim.target), probes }
}

/** The quality to probe next; undefined when no better one is expected, or no time is left. */
export function suggestQuality(aim: QualityAim, probes: readonly QualityProbe[]): number | undefined {
  const best = pickLowest(probes, aim.target)
  const grain = qualityStep(aim.preset)
  const below = Math.max(
    lowestQuality - grain,
    ...probes.flatMap((p) => (p.score < aim.target ? p.quality : [])),
  )
  const above = best?.quality ?? highestQuality + grain
  if (best && isNear(aim, best)) return undefined
  const isLate = probes.length > 0 && performance.now() > aim.endsAt
  if (isLate && (best !== undefined || probes.length > 1)) return undefined
  const aimed = isLate ? { ...aim, target: aim.target + lateMargin } : aim
  return findNearestBetween(aim.preset, { below, above }, aimNext(aimed, probes))
}

/** The quality nearest to `wanted` among those that make a file of their own; of two, the higher one. */
function findNearestBetween(
  preset: EncoderPreset,
  { below, above }: { below: number; above: number },
  wanted: number,
): number | undefined {
  let nearest: number | undefined
  for (let quality = below + qualityStep(preset); quality < above; quality += qualityStep(preset))
    if (
      !isSameAsBelow(preset, quality) &&
      Math.abs(quality - wanted) <= Math.abs((nearest ?? Infinity) - wanted)
    )
      nearest = quality
  return nearest
}

/** Rounds to the nearest step of quality. */
export function roundQuality(preset: EncoderPreset, quality: number): number {
  const grain = qualityStep(preset)
  return Math.round(quality / grain) * grain
}

const pickLowest = <P extends QualityProbe>(probes: readonly P[], target: number): P | undefined =>
  probes.filter(({ score }) => score >= target).toSorted((a, b) => a.quality - b.quality)[0]

function isNear(aim: QualityAim, probe: QualityProbe): boolean {
  const excess = probe.score - aim.target
  return excess >= 0 && excess < Math.max(getTolerance(aim), scoreOfStep(aim.preset, probe))
}

/** Points that the next lower quality would cost: when it would fall short, it is not worth a probe. */
const scoreOfStep = (preset: EncoderPreset, probe: QualityProbe): number =>
  measureDifficulty(preset, probe) *
  (predictScore(preset, probe.quality) - predictScore(preset, probe.quality - qualityStep(preset)))

/** From so many probes on, the bracket is halved: the curve does not know of guards, which bend it. */
const halvedFrom = 4

/**
 * The quality where the curve meets the target. It aims a little above, so that the first probe more often reaches it.
 */
function aimNext(aim: QualityAim, probes: readonly QualityProbe[]): number {
  const { preset, target, seed } = aim
  const aimed = target + getTolerance(aim) * 0.4
  const [a, b] = pickBracket(probes, target)
  if (a === undefined) return seed ?? predictQuality(preset, aimed, 1)
  if (b === undefined || a.quality === b.quality)
    return predictQuality(preset, aimed, measureDifficulty(preset, a))
  const isBetween = a.score >= target !== b.score >= target
  if (isBetween && probes.length >= halvedFrom) return (a.quality + b.quality) / 2
  // Between two probes, and a little beyond them, difficulty is assumed to change linearly.
  const [from, to] = [measureDifficulty(preset, a), measureDifficulty(preset, b)]
  const part = clamp((aimed - a.score) / (b.score - a.score || 1), -1, 2)
  return predictQuality(preset, aimed, Math.max(0.05, from + (to - from) * part))
}

/** The nearest probe on each side of the target, or the nearest two while all are on one side. */
function pickBracket(probes: readonly QualityProbe[], target: number): readonly QualityProbe[] {
  const near = probes.toSorted((a, b) => Math.abs(a.score - target) - Math.abs(b.score - target))
  const sides = [near.find(({ score }) => score < target), near.find(({ score }) => score >= target)]
  const both = sides.flatMap((probe) => probe ?? [])
  return both.length === 2 ? both : near
}

const clamp = (value: number, low: number, high: number): number => Math.min(high, Math.max(low, value))
