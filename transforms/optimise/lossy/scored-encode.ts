// One try of one encoder: encoded, decoded and judged; and what is told of the one that was chosen.
import type { Chroma } from '../request.ts'
import { chromaOf, decoded, type Encode, type LossyFormat, probing } from './encoders.ts'
import type { Picture } from './picture.ts'
import type { Runner } from './preset-search.ts'
import type { Way } from './score-curves.ts'
import { effective, type Judge, type Judgement, type Standard } from './visual-judge.ts'

export interface Goal extends Standard {
  readonly format: LossyFormat
  readonly chroma: 'auto' | Chroma
  /** JPEG only. */
  readonly progressive: boolean
  readonly maxProbes: number
  readonly endsAt: number
  readonly seed?: number | undefined
  /** Whether colour may be prepared for 4:2:0; not where the source was 4:2:0 itself. */
  readonly prepares: boolean
}

export interface Subject {
  readonly picture: Picture
  readonly judge: Judge
}

export interface Tried extends Runner {
  readonly body: Buffer
  readonly judged: Judgement
}

export interface Recoded extends Judgement {
  readonly body: Buffer
  readonly quality: number
  readonly chroma: Chroma
  /** All that were encoded and judged, the ceiling test of chroma not among them. */
  readonly probes: number
  /** The target was reached, guards and all. */
  readonly reached: boolean
  /** A quicker encoder than usual made it, as there was no time for the better one. */
  readonly isHurried?: boolean
  /** MozJPEG has searched for the best order of its scans already. */
  readonly isOrdered?: boolean
}

interface Trial {
  readonly way: Way
  readonly quality: number
  readonly encode: Encode
}

/** The judge knows the source, whatever the encoder was given. */
export async function judged(
  { picture, judge }: Subject,
  { way, quality, encode }: Trial,
  standard: Standard,
): Promise<Tried> {
  const body = await encode(quality)
  const judgement = judge.judge(await decoded(body, picture))
  return { way, quality, score: effective(judgement, standard), body, judged: judgement }
}

export const probe =
  (subject: Subject, goal: Goal) =>
  (way: Way, quality: number): Promise<Tried> =>
    judged(subject, { way, quality, encode: probing(subject.picture, way, goal.progressive) }, goal)

type Outcome = Pick<Recoded, 'probes' | 'reached' | 'isOrdered' | 'isHurried'> &
  Partial<Pick<Recoded, 'body'>>

export const told = (tried: Tried, outcome: Outcome): Recoded => ({
  ...tried.judged,
  body: tried.body,
  quality: tried.quality,
  chroma: chromaOf(tried.way),
  ...outcome,
})

export function bestOf(probes: readonly Tried[]): Tried {
  const [best] = probes.toSorted((a, b) => b.score - a.score)
  if (best === undefined) throw new RangeError('no probe was allowed')
  return best
}
