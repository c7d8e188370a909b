// The highest quality whose file is no larger than was asked.

import type { Way } from './curve.ts'
import { decoded, finishing } from './encoders.ts'
import type { Recoded, Subject } from './recode.ts'

/** Seven halvings find one quality in a hundred. */
const [lowest, highest] = [1, 100]

/** Undefined when even the lowest quality is larger. */
export async function fitting(
  { picture, judge }: Subject,
  { way, maxBytes, below }: { way: Way; maxBytes: number; below: number },
): Promise<Recoded | undefined> {
  const encode = finishing(picture, way)
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
  const chroma = way === 'jpeg 4:2:0' || way === 'webp' ? '4:2:0' : '4:4:4'
  return { ...judged, body: best, quality: fits, chroma, probes, reached: false }
}
