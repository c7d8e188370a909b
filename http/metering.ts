// How often a stored answer was used, told to the server that asks for it (RFC 2227, Simple Hit-Metering). Pure. A server
// says `Meter: do-report` with its answer; a cache says `Meter: count=12/3` when it revalidates: since its last report it
// sent the answer 12 times, and said 304 three times.
import type { Headers } from '../tier.ts'

/** Uses of a stored answer. */
export interface Uses {
  /** Its body was sent. */
  readonly sent: number
  /** Somebody's copy was confirmed. */
  readonly confirmed: number
}

export const doReport: Headers = { meter: 'do-report' }

export const wantsReport = ({ meter }: Headers): boolean => meter === 'do-report'

/** So that no sum of reports leaves the whole numbers. */
const most = 1e9

/** Undefined where nothing was reported, or not in these words. */
export function reportIn({ meter }: Headers): Uses | undefined {
  const [, sent, confirmed] = /^count=(\d{1,10})\/(\d{1,10})$/.exec(meter ?? '') ?? []
  if (sent === undefined) return undefined
  return { sent: Math.min(most, Number(sent)), confirmed: Math.min(most, Number(confirmed)) }
}

/** Nothing is said of no use at all. */
export const reportOf = ({ sent, confirmed }: Uses): Headers =>
  sent + confirmed === 0 ? {} : { meter: `count=${Math.min(most, sent)}/${Math.min(most, confirmed)}` }
