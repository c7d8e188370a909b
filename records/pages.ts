// Pages by key: the next page begins after the last row of this one, however many rows came or went meanwhile.

export interface Page {
  /** At most 1000; 50 when not said. */
  readonly limit?: number
  /** `next` of the page before. */
  readonly after?: string
}

export interface Paged<Row> {
  readonly rows: readonly Row[]
  /** What to ask the next page with; null on the last. */
  readonly next: string | null
}

const mostRows = 1000

export const limitOf = (limit = 50): number => Math.min(Math.max(1, Math.trunc(limit)), mostRows)

/** `rows` were asked with one more than the limit: that one says whether there is a next page. */
export function paged<Row extends { id: string }>(rows: readonly Row[], limit: number): Paged<Row> {
  const shown = rows.slice(0, limit)
  return { rows: shown, next: rows.length > limit ? (shown.at(-1)?.id ?? null) : null }
}

/** The place of a row in a list by time whose ids do not carry the time. */
export interface Place {
  readonly created: number
  readonly id: string
}

export interface TimePage {
  readonly order?: 'oldest' | 'newest'
  readonly limit?: number
  /** Begins at this time, itself included: where a list that is ordered by time is to start. */
  readonly from?: number
  /** Begins after this row: the `next` of the page before. */
  readonly after?: Place
}

export interface TimePaged<Row> {
  readonly rows: readonly Row[]
  readonly next: Place | null
}

/** As `paged`, for a list by time. */
export function pagedByTime<Row extends Place>(rows: readonly Row[], limit: number): TimePaged<Row> {
  const last = rows[limit - 1]
  const next = rows.length > limit && last ? { created: last.created, id: last.id } : null
  return { rows: rows.slice(0, limit), next }
}
