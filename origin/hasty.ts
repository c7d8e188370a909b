// A first answer now and a better one later. A quality that is searched for takes seconds; who asks first gets the usual
// quality at once, and for a short time. Who asks again afterwards starts the search in the background, by the same
// revalidation that renews any answer, so only pictures that are asked for again cost it.
import type { Headers } from '../tier.ts'
import type { Plan, Spec } from '../transforms/index.ts'
import type { Caching } from './caching.ts'
import { cacheHeaders, type Freshness } from './freshness.ts'
import type { ObtainedResult, ResultCache, ResultRequest } from './result.ts'

/** Marks a result that was made in haste. */
const hastyHeader = 'halftone-hasty'

export const hastyMark: Headers = { [hastyHeader]: '?1' }

export const isHasty = ({ answer }: ObtainedResult): boolean => answer.headers[hastyHeader] !== undefined

/** Whether its plan may search for a quality. */
export const maySearch = ({ quality }: Spec): boolean => quality === 'auto'

/** The plan without its search, and whether that makes a difference. */
export function hasten(plan: Plan): { readonly plan: Plan; readonly isHasty: boolean } {
  const { score, ...encoding } = plan.encoding
  return score === undefined ? { plan, isHasty: false } : { plan: { ...plan, encoding }, isHasty: true }
}

/** A search in the background needs answers that may be stale meanwhile. */
export const allowsHaste = ({ shared }: Caching): boolean => !shared.mustRevalidate && !shared.noCache

export type MakeOf = (isHasty: boolean) => ResultRequest['make']

/** The kept result with its search, else one that is made in haste, else, in the background, the one with its search. */
export async function obtainSoon(
  results: ResultCache,
  wanted: Omit<ResultRequest, 'make'>,
  makeOf: MakeOf,
): Promise<ObtainedResult | undefined> {
  const hasty = { ...wanted, key: `${wanted.key} hasty` }
  const searched = wanted.keep ? await results.find(wanted) : undefined
  if (searched) return searched
  if (wanted.priority === 'foreground') return results.obtain({ ...hasty, make: makeOf(true) })
  // Where there was nothing to search for, the first answer was the last.
  const first = wanted.keep ? await results.find(hasty) : undefined
  return first && !isHasty(first) ? first : results.obtain({ ...wanted, make: makeOf(false) })
}

/** Long enough for a burst, short enough that the better one is soon asked for. */
const tierSeconds = 10
const browserSeconds = 60

/** How long an answer in haste may be kept; stale it may be for as long as any answer of its source. */
export const hastyHeaders = (caching: Caching, bounds: Freshness): Headers =>
  cacheHeaders(caching, {
    ...bounds,
    browserSeconds: Math.min(bounds.browserSeconds, browserSeconds),
    cdnSeconds: Math.min(bounds.cdnSeconds, tierSeconds),
  })
