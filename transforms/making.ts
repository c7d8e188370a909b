// A picture may be made twice: at once, in the time that somebody waits for it, and later as well as it can be. Pure.
import type { Facts } from './facts.ts'
import type { Spec } from './language/options.ts'
import { type Plan, plan } from './plan/plan.ts'
import { type Limits, price } from './price.ts'

export interface Makings {
  readonly first: Plan
  /** The same picture with more time. Undefined where the first is the last, or more would cost too much. */
  readonly better?: Plan
}

interface Known {
  readonly facts: Facts
  readonly further: readonly Facts[]
}

/** An AVIF is late where a JPEG is made in this part of its time, and this much sooner. */
const late = { times: 1.5, ms: 150 } as const

/** The two of `whole`, which is the plan of `spec`. */
export function makingsOf(
  whole: Plan,
  spec: Spec,
  known: Known,
  { maxPriceMs }: Pick<Limits, 'maxPriceMs'>,
): Makings {
  const usual = withoutSearch(whole)
  const better = withMoreTime(whole)
  if (!better || price(better, known.facts) > maxPriceMs) return { first: usual }
  return { first: soonest(usual, spec, known), better }
}

function withoutSearch(plan: Plan): Plan {
  const { score, ...encoding } = plan.encoding
  if (score === undefined) return plan
  const { quality: _, ...spec } = plan.spec ?? {}
  return { ...plan, encoding, ...(plan.spec && { spec }) }
}

/** With its search, or as an AVIF with more effort. */
function withMoreTime(plan: Plan): Plan | undefined {
  if (plan.tell || plan.video || plan.source === 'instead') return undefined
  if (plan.encoding.score !== undefined) return plan
  return isPlainAvif(plan) ? { ...plan, encoding: { ...plan.encoding, thorough: true } } : undefined
}

/** Bytes that are looked for by encoding again and again take long enough, and what only pixels tell makes another plan. */
const isPlainAvif = ({ encoding, pages, maxBytes, spec }: Plan): boolean =>
  encoding.format === 'avif' &&
  !encoding.lossless &&
  pages === 1 &&
  maxBytes === undefined &&
  spec === undefined

/** Where the client reads AVIF but did not ask for it, a JPEG where that is much sooner there. */
function soonest(usual: Plan, spec: Spec, { facts, further }: Known): Plan {
  if (!spec.formats || !isPlainAvif(usual)) return usual
  const basic = withoutSearch(plan({ ...spec, formats: 'basic' }, facts, further))
  if (basic.encoding.format !== 'jpeg') return usual
  const [avifMs, jpegMs] = [price(usual, facts), price(basic, facts)]
  return avifMs > jpegMs * late.times && avifMs - jpegMs > late.ms ? basic : usual
}
