// Finds the highest quality whose file fits a number of bytes.

import { createFinalEncoder, decodeLike, getChroma } from './encoders.ts'
import type { JudgedPicture, RecodeResult } from './recode.ts'
import type { EncoderPreset } from './score-curves.ts'

/** A bisection of a hundred qualities takes seven encodes. */
const [lowest, highest] = [1, 100]

interface ByteBudget {
  readonly preset: EncoderPreset
  readonly maxBytes: number
  /** A quality whose file was too large. */
  readonly below: number
  readonly progressive: boolean
}

/** Undefined when even the lowest quality is larger. */
export async function fitBytes(
  { picture, judge }: JudgedPicture,
  { preset, maxBytes, below, progressive }: ByteBudget,
): Promise<RecodeResult | undefined> {
  const encode = createFinalEncoder(picture, preset, progressive)
  let [fits, tooLarge] = [lowest - 1, Math.min(highest, below) + 1]
  let best: Buffer | undefined
  let probes = 0
  while (tooLarge - fits > 1) {
    const quality = Math.floor((fits + tooLarge) / 2)
    const body = await encode(quality)
    probes++
    if (body.length > maxBytes) tooLarge = quality
    else {
      fits = quality
      best = body
    }
  }
  if (best === undefined) return undefined
  const judged = judge.judge(await decodeLike(best, picture))
  return { ...judged, body: best, quality: fits, chroma: getChroma(preset), probes, reached: false }
}
