// AVIF: probes with the quick encoder, which tells where the slow one will be right; a slower one still for who has the time.

import { finishing, patient, probing } from './encoders.ts'
import { smallestOf } from './preset-search.ts'
import { type Probe, seek } from './quality-search.ts'
import { difficultyOf, isAlike, qualityFor } from './score-curves.ts'
import {
  bestOf,
  type Goal,
  judged,
  probe,
  type Recoded,
  type Subject,
  type Tried,
  told,
} from './scored-encode.ts'

const way = 'avif'
/** What effort 4 gains in score over the probes' effort 2, on average of 38 corpus pictures. */
const effortGain = 1.05
/** The quick probes only have to come near enough for the curve to tell the rest. */
const quicks = { maxProbes: 4, tolerance: 1.5 } as const
/** A final encode costs two seconds for each megapixel: what hardly gains is not tried, and two or three are the rule. */
const finals = { maxProbes: 5, tolerance: 0.8 } as const
/** Effort 4 takes so many times a probe, encoding and judging together. */
const finalCost = 7

export async function recodeAvif(subject: Subject, goal: Goal): Promise<Recoded> {
  const startedAt = performance.now()
  const eased = { ...goal, target: goal.target - effortGain }
  const quick = await seek({ ...eased, ...quicks, way }, (quality) => probe(subject, eased)(way, quality))
  const seed = Math.round(
    qualityFor(way, eased.target, difficultyOf(way, nearest(quick.probes, eased.target))),
  )
  const each = (performance.now() - startedAt) / quick.probes.length
  // Without the time for effort 4 a better quality at effort 2 looks the same, for 12 % more bytes.
  const encoder = performance.now() + each * finalCost < goal.endsAt ? finishing : probing
  const encode = encoder(subject.picture, way)
  const began = performance.now()
  const { best, probes } = await seek({ ...goal, ...finals, way, seed }, (quality) =>
    judged(subject, { way, quality, encode }, goal),
  )
  const count = quick.probes.length + probes.length
  const finalMs = (performance.now() - began) / probes.length
  if (best === undefined || encoder === probing || !hasPatience(goal.endsAt, finalMs * lastCost))
    return told(best ?? bestOf(probes), {
      probes: count,
      reached: best !== undefined,
      isHurried: encoder === probing,
    })
  const last = await slowest(subject, goal, best)
  const chosen = smallestOf([best, ...last], goal.target) ?? best
  return told(chosen, { probes: count + last.length, reached: true })
}

/** Effort 7 takes so many times a final encode at effort 4, for 3 % of the bytes: it may take this much of the time that is left. */
const [lastCost, lastShare] = [4.5, 0.1]
const hasPatience = (endsAt: number, ms: number): boolean => ms < (endsAt - performance.now()) * lastShare

/** What effort 7 gains at least in score over effort 4 (13 corpus pictures), and what one step of quality costs. */
const [lastGain, stepCost] = [0.4, 0.95]

/** A step lower where the score lies so much above the target that it should do, and once more where it still does. */
async function slowest(subject: Subject, goal: Goal, best: Tried): Promise<Tried[]> {
  const at = (quality: number) => judged(subject, { way, quality, encode: patient(subject.picture) }, goal)
  const above = ({ score }: Tried) => score - goal.target
  const startedAt = performance.now()
  const first = await at(above(best) + lastGain > stepCost ? lower(best.quality) : best.quality)
  const took = performance.now() - startedAt
  if (above(first) < stepCost || !hasPatience(goal.endsAt, took)) return [first]
  return [first, await at(lower(first.quality))]
}

const lower = (quality: number): number => quality - (isAlike(way, quality) ? 2 : 1)

function nearest<P extends Probe>(probes: readonly P[], target: number): P {
  const off = ({ score }: P) => Math.abs(score - target)
  return probes.reduce((best, made) => (off(made) < off(best) ? made : best))
}
