// Searches over several encoder presets at once: one probe of each shows which takes the fewest bytes for the score, and
// the search goes on with that one.

import {
  highestQuality,
  lowestQuality,
  type QualityAim,
  type QualityProbe,
  type QualityResult,
  roundQuality,
  suggestQuality,
} from './quality-search.ts'
import { type EncoderPreset, measureDifficulty, predictQuality } from './score-curves.ts'

export interface PresetProbe extends QualityProbe {
  readonly preset: EncoderPreset
  readonly body: { readonly length: number }
}

export interface PresetAim extends Omit<QualityAim, 'preset'> {
  /** The likeliest winner first. */
  readonly presets: readonly EncoderPreset[]
}

/** One point of score costs this share of the bytes, whatever the format (5 to 6.5 % near a score of 76). */
const bytesPerPoint = 0.054
/** The first probe aims so many points above the target, as it then more often reaches it. */
const startMargin = 0.2

/**
 * `best` is the smallest that reached the target; `probes` are those of all presets. Throws a RangeError without
 * presets.
 */
export async function searchPresets<P extends PresetProbe>(
  { presets, ...aim }: PresetAim,
  probe: (preset: EncoderPreset, quality: number) => Promise<P>,
): Promise<QualityResult<P>> {
  const probes: P[] = []
  const [first, ...others] = presets
  if (first === undefined) throw new RangeError('no preset was given')
  probes.push(await probe(first, clampQuality(first, aim.seed ?? predictStart(first, aim.target, 1))))
  for (const preset of others) {
    const [known] = probes
    if (!known || probes.length >= aim.maxProbes || performance.now() > aim.endsAt) break
    probes.push(
      await probe(
        preset,
        clampQuality(preset, predictStart(preset, aim.target, measureDifficulty(first, known))),
      ),
    )
  }
  while (probes.length < aim.maxProbes) {
    const { preset } = pickLeader(probes, aim.target)
    const quality = suggestQuality(
      { ...aim, preset },
      probes.filter((made) => made.preset === preset),
    )
    if (quality === undefined) break
    probes.push(await probe(preset, quality))
  }
  return { best: pickSmallest(probes, aim.target), probes }
}

const predictStart = (preset: EncoderPreset, target: number, difficulty: number): number =>
  predictQuality(preset, target + startMargin, difficulty)

const clampQuality = (preset: EncoderPreset, quality: number): number =>
  Math.min(highestQuality, Math.max(lowestQuality, roundQuality(preset, quality)))

/** The probe of the preset that would take the fewest bytes exactly at the target. */
function pickLeader<P extends PresetProbe>(probes: readonly P[], target: number): P {
  return probes.reduce((best, made) =>
    predictBytes(target, made) < predictBytes(target, best) ? made : best,
  )
}

/** The bytes that a probe would take if it scored exactly `target`. */
export const predictBytes = (target: number, { score, body }: Pick<PresetProbe, 'score' | 'body'>): number =>
  body.length * Math.exp((target - score) * bytesPerPoint)

/** The smallest of the probes that reached the target. */
export const pickSmallest = <P extends PresetProbe>(probes: readonly P[], target: number): P | undefined =>
  probes.filter(({ score }) => score >= target).toSorted((a, b) => a.body.length - b.body.length)[0]
