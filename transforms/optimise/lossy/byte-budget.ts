// The highest quality whose file is no larger than was asked.

import { chromaOf, decoded, finishing } from './encoders.ts'
import type { Recoded, Subject } from './recode.ts'
import type { Way } from './score-curves.ts'

/** Seven halvings find one quality in a hundred. */
const [lowest, highest] = [1, 100]

interface Fit {
  readonly way: Way
  readonly maxBytes: number
  /** The quality that was too large. */
  readonly below: number
  readonly progressive: boolean
}

/** Undefined when even the lowest quality is larger. */
export async function fitting(
  { picture, judge }: Subject,
  { way, maxBytes, below, progressive }: Fit,
): Promise<Recoded | undefined> {
  const encode = finishing(picture, way, progressive)
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
  const judged = judge.judge(await decoded(best, picture))
  return { ...judged, body: best, quality: fits, chroma: chromaOf(way), probes, reached: false }
}
