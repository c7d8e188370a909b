// What a picture will cost, from its header alone, and the refusals that follow: all of them before a pixel is decoded.
import { Failure } from '../errors.ts'
import type { Facts } from './facts.ts'
import { drawnPixels } from './plan/decoded.ts'
import { firstPass, passesOf } from './plan/passes.ts'
import type { Plan } from './plan/plan.ts'
import { tooMuchFilm } from './plan/video.ts'
import { costOf, readingOf, workOf } from './work.ts'

export interface Limits {
  readonly maxSourceBytes: number
  /** Of one frame. */
  readonly maxSourcePixels: number
  readonly maxFrames: number
  /** Of all frames of an animation together. */
  readonly maxTotalPixels: number
  /** Of all frames of the result together. */
  readonly maxOutputPixels: number
  /** Real progressive JPEGs have about ten; each is a pass over the whole picture. */
  readonly maxScans: number
  /** Milliseconds of one core. A render that has begun cannot be stopped, so this is what protects the others. */
  readonly maxPriceMs: number
}

export const defaultLimits: Limits = {
  maxSourceBytes: 64 * 2 ** 20,
  maxSourcePixels: 100e6,
  maxFrames: 2_000,
  maxTotalPixels: 250e6,
  maxOutputPixels: 100e6,
  maxScans: 100,
  maxPriceMs: 20_000,
}

/** Estimated milliseconds of CPU to carry out `plan` upon the picture that `facts` describe. */
export function price(plan: Plan, facts: Facts): number {
  const isRead = plan.source === 'instead' || plan.source === 'only'
  return costOf(isRead ? readingOf(facts) : workOf(plan, facts))
}

/**
 * The plan with as many ways to encode as the limit pays for; where it pays for none, with the source's own bytes alone,
 * if they are an answer.
 */
export function affordable(plan: Plan, facts: Facts, { maxPriceMs }: Limits): Plan {
  const isTooMuch = (plan: Plan) => costOf(workOf(plan, facts)) > maxPriceMs
  if (!isTooMuch(plan)) return plan
  const { others: _, ...alone } = plan
  return plan.source && isTooMuch(alone) ? { ...alone, source: 'only' } : alone
}

/** Fails with 'source-too-large' or 'too-costly'. Without a plan, what the source alone already decides. */
export function admit(facts: Facts, plan: Plan | undefined, limits: Limits = defaultLimits): void {
  if (facts.bytes > limits.maxSourceBytes)
    throw tooLarge(`its file exceeds ${megas(limits.maxSourceBytes)} MB`)
  if (drawnPixels(facts, plan && firstPass(plan)) > limits.maxSourcePixels)
    throw tooLarge(
      `${facts.width} x ${facts.height} pixels exceed ${megas(limits.maxSourcePixels)} megapixels`,
    )
  if (facts.format !== 'svg' && facts.scans > limits.maxScans)
    throw tooCostly(`it is coded in more than ${limits.maxScans} scans`)
  for (const each of plan?.further ?? []) admit(each, undefined, limits)
  if (plan) admitPlan(facts, plan, limits)
}

function admitPlan(facts: Facts, plan: Plan, limits: Limits): void {
  // A decoder reads but one frame of what goes out as it is and is not written here.
  const moves =
    plan.frames === 'all' &&
    !(plan.source === 'instead' && (facts.format === 'png' || facts.format === 'avif'))
  if (moves && facts.pages > limits.maxFrames) throw tooCostly(`it has more than ${limits.maxFrames} frames`)
  if (moves && facts.pages * facts.width * facts.height > limits.maxTotalPixels)
    throw tooCostly(`its frames exceed ${megas(limits.maxTotalPixels)} megapixels together`)
  if (largestResult(plan) > limits.maxOutputPixels)
    throw tooCostly(`the result would exceed ${megas(limits.maxOutputPixels)} megapixels`)
  const film = plan.video && tooMuchFilm(plan)
  if (film) throw tooCostly(film)
  if (price(plan, facts) > limits.maxPriceMs)
    throw tooCostly(`it would take more than ${limits.maxPriceMs / 1000} seconds`)
}

/** The result of any pass, or the larger picture on the way to it. */
function largestResult(plan: Plan): number {
  const sizes = passesOf(plan).map(({ width, height, resize, rotate }) => {
    const onTheWay = resize && rotate ? 0 : (resize?.width ?? 0) * (resize?.height ?? 0)
    return Math.max(width * height, onTheWay)
  })
  // Frames are dropped when all passes are done.
  return Math.max(...sizes) * (plan.before && plan.film ? plan.film.count : plan.pages)
}

const megas = (count: number): number => Math.round(count / 1e6)

const tooLarge = (why: string): Failure =>
  new Failure('source-too-large', `The source picture is too large: ${why}.`)

const tooCostly = (why: string): Failure =>
  new Failure('too-costly', `The picture would cost too much to make: ${why}.`)
