// One encode with its score: encoded, decoded again and judged. Also the result that is reported of the chosen one.
import type { Chroma } from '../request.ts'
import { createProbeEncoder, decodeLike, type Encode, getChroma, type LossyFormat } from './encoders.ts'
import type { Picture } from './picture.ts'
import type { PresetProbe } from './preset-search.ts'
import type { EncoderPreset } from './score-curves.ts'
import { applyGuards, type Judge, type Judgement, type VisualStandard } from './visual-judge.ts'

export interface RecodeGoal extends VisualStandard {
  readonly format: LossyFormat
  readonly chroma: 'auto' | Chroma
  /** JPEG only. */
  readonly progressive: boolean
  readonly maxProbes: number
  readonly endsAt: number
  readonly seed?: number | undefined
  /** Whether colour may be preconditioned for 4:2:0; false where the source is 4:2:0 already. */
  readonly mayPrecondition: boolean
}

export interface JudgedPicture {
  readonly picture: Picture
  readonly judge: Judge
}

export interface ScoredEncode extends PresetProbe {
  readonly body: Buffer
  readonly judged: Judgement
}

export interface RecodeResult extends Judgement {
  readonly body: Buffer
  readonly quality: number
  readonly chroma: Chroma
  /** How many encodes were judged, without the test of halved colour. */
  readonly probes: number
  /** The target was reached with all guards. */
  readonly reached: boolean
  /** Made by the quick encoder, for lack of time. */
  readonly isHurried?: boolean
  /** MozJPEG has searched for the best order of scans already. */
  readonly isOrdered?: boolean
}

interface EncodeTrial {
  readonly preset: EncoderPreset
  readonly quality: number
  readonly encode: Encode
}

/** The judge compares with the source, even where the encoder was given preconditioned pixels. */
export async function encodeAndScore(
  { picture, judge }: JudgedPicture,
  { preset, quality, encode }: EncodeTrial,
  standard: VisualStandard,
): Promise<ScoredEncode> {
  const body = await encode(quality)
  const judgement = judge.judge(await decodeLike(body, picture))
  return { preset, quality, score: applyGuards(judgement, standard), body, judged: judgement }
}

export const createProbe =
  (subject: JudgedPicture, goal: RecodeGoal) =>
  (preset: EncoderPreset, quality: number): Promise<ScoredEncode> =>
    encodeAndScore(
      subject,
      { preset, quality, encode: createProbeEncoder(subject.picture, preset, goal.progressive) },
      goal,
    )

type SearchSummary = Pick<RecodeResult, 'probes' | 'reached' | 'isOrdered' | 'isHurried'> &
  Partial<Pick<RecodeResult, 'body'>>

export const buildResult = (tried: ScoredEncode, outcome: SearchSummary): RecodeResult => ({
  ...tried.judged,
  body: tried.body,
  quality: tried.quality,
  chroma: getChroma(tried.preset),
  ...outcome,
})

export function pickBest(probes: readonly ScoredEncode[]): ScoredEncode {
  const [best] = probes.toSorted((a, b) => b.score - a.score)
  if (best === undefined) throw new RangeError('no probe was allowed')
  return best
}
