// Which pictures of one source wait or are made at the same time, and what is therefore worth keeping of each: whoever is
// alone is made as if nobody else ever came.
import type { Plan } from '../../plan/plan.ts'
import type { Job } from '../../processor.ts'
import { type Divisor, type Shares, sharesOf } from './shares.ts'

/** What a picture takes from the others, and leaves them. */
export interface Sharing extends Shares {
  /** Tells what the pixels are made of from everything else. */
  readonly source: string
  /** To be made, each from the one before it, where nobody has; empty when nobody else would use them. */
  readonly bases: readonly Divisor[]
  /** Another format of the same pixels is wanted. */
  readonly keep: boolean
}

export interface Seat {
  /** What those who are there just now have in common with it. */
  sharing(): Sharing
  leave(): void
}

export interface Company {
  /** Undefined for what shares nothing. */
  join(job: Pick<Job, 'version' | 'lenient' | 'facts'>, plan: Plan): Seat | undefined
}

export function createCompany(): Company {
  const bySource = new Map<string, Set<Shares>>()
  return {
    join({ version, lenient = false, facts }, plan) {
      const own = version === undefined ? undefined : sharesOf(plan, facts)
      if (!own) return undefined
      const source = `${lenient} ${version}`
      const others = bySource.get(source) ?? new Set()
      bySource.set(source, others.add(own))
      return {
        sharing: () => ({
          ...own,
          source,
          bases: basesFor(own, [...others]),
          keep: isKept(own, [...others]),
        }),
        leave() {
          others.delete(own)
          if (others.size === 0 && bySource.get(source) === others) bySource.delete(source)
        },
      }
    },
  }
}

const isKept = (own: Shares, all: readonly Shares[]): boolean =>
  all.some((each) => each !== own && each.pixels === own.pixels)

/**
 * One base of the source's size, one for all that are much smaller, which is made from the first where there is one. Two
 * pictures at least pay for either.
 */
function basesFor({ divisor }: Shares, all: readonly Shares[]): Divisor[] {
  if (divisor === undefined) return []
  const whole = all.filter((each) => each.divisor === 1)
  const reduced = all.filter((each) => each.divisor !== undefined && each.divisor > 1)
  const needsReduced = isWorthABase(reduced)
  const needsWhole = isWorthABase(whole) || (whole.length > 0 && needsReduced)
  const least = Math.min(...reduced.map((each) => each.divisor ?? divisor)) as Divisor
  return [...(needsWhole ? [1 as const] : []), ...(needsReduced ? [least] : [])].filter(
    (each) => each === 1 || divisor > 1,
  )
}

/** Formats of one size have its pixels in common already. */
const isWorthABase = (all: readonly Shares[]): boolean => new Set(all.map(({ pixels }) => pixels)).size > 1
