// AVIF: probes with the quick encoder, which tells where the slow one will be right.
import { finishing, probing } from './encoders.ts'
import { seek } from './seek.ts'
import { bestOf, type Goal, judged, probe, type Recoded, type Subject, told } from './tries.ts'

const way = 'avif'
/** What effort 4 gains in score over the probes' effort 2, on average of 38 corpus pictures. */
const effortGain = 1.6
/** A final encode costs two seconds for each megapixel: what hardly gains is not tried, and three are enough. */
const finals = { maxProbes: 3, tolerance: 0.8 } as const
/** Effort 4 takes so many times a probe, encoding and judging together. */
const finalCost = 6

export async function recodeAvif(subject: Subject, goal: Goal): Promise<Recoded> {
  const startedAt = performance.now()
  const eased = { ...goal, way, target: goal.target - effortGain } as const
  const quick = await seek(eased, (quality) => probe(subject, eased)(way, quality))
  const seed = quick.best?.quality ?? quick.probes.at(-1)?.quality
  const each = (performance.now() - startedAt) / quick.probes.length
  // Without the time for effort 4 a better quality at effort 2 looks the same, for 12 % more bytes.
  const encoder = performance.now() + each * finalCost < goal.endsAt ? finishing : probing
  const encode = encoder(subject.picture, way)
  const { best, probes } = await seek({ ...goal, ...finals, way, seed }, (quality) =>
    judged(subject, { way, quality, encode }, goal),
  )
  const count = quick.probes.length + probes.length
  return told(best ?? bestOf(probes), { probes: count, reached: best !== undefined })
}
