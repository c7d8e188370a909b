// Which first answers wait for a better one, and which of them is next: where a second of work saves the most bytes. Pure
// but for what it remembers.

/** A first answer that was asked for again. */
export interface Candidate {
  /** Its path, which is its key everywhere. */
  readonly path: string
  readonly by: Way
  /** Bytes of the first answer. */
  readonly bytes: number
  /** Milliseconds of CPU that the better one is expected to take. */
  readonly costMs: number
}

/** How it becomes better: a quality is searched for, or its encoder takes its time. */
export const ways = ['search', 'effort'] as const
export type Way = (typeof ways)[number]

export interface Candidates {
  /** So many more uses of it. Answers the one that had to go where there are too many, which may be this one. */
  note(candidate: Candidate, uses: number, now: number): Candidate | undefined
  /** Takes the most worthy out. */
  next(now: number): Candidate | undefined
  /** How much smaller a better answer was: what is expected of the next. */
  learn(by: Way, bytes: { readonly before: number; readonly after: number }): void
  size(): number
}

interface Waiting extends Candidate {
  readonly uses: number
  readonly at: number
}

/** Uses count half after so long: what is hot now comes first. */
const halfLifeMs = 5 * 60_000

/** Parts of its bytes that a better answer saves, as long as nothing is known; each counts as so many answers. */
const expected: Readonly<Record<Way, number>> = { search: 0.1, effort: 0.15 }
const counted = 10
/** A search is for the look as much as for bytes: who asked for it gets it, whatever others saved. */
const leastSaved = 0.02

export function createCandidates(most: number): Candidates {
  const waiting = new Map<string, Waiting>()
  const learned = Object.fromEntries(
    ways.map((by) => [by, { sum: expected[by] * counted, count: counted }]),
  ) as Record<Way, { sum: number; count: number }>
  const savedBy = (by: Way): number => Math.max(leastSaved, learned[by].sum / learned[by].count)

  /** Bytes saved by a second of work, if it goes on being used as it was. */
  const worth = (each: Waiting, now: number): number =>
    (faded(each, now) * each.bytes * savedBy(each.by)) / Math.max(1, each.costMs)

  function extreme(now: number, isBetter: (a: number, b: number) => boolean): Waiting | undefined {
    let best: { readonly each: Waiting; readonly worth: number } | undefined
    for (const each of waiting.values()) {
      const one = worth(each, now)
      if (!best || isBetter(one, best.worth)) best = { each, worth: one }
    }
    return best?.each
  }

  return {
    note(candidate, uses, now) {
      const known = waiting.get(candidate.path)
      waiting.set(candidate.path, { ...candidate, uses: uses + (known ? faded(known, now) : 0), at: now })
      if (waiting.size <= most) return undefined
      const least = extreme(now, (a, b) => a < b)
      if (least) waiting.delete(least.path)
      return least
    },
    next(now) {
      const best = extreme(now, (a, b) => a > b)
      if (best) waiting.delete(best.path)
      return best
    },
    learn(by, { before, after }) {
      const known = learned[by]
      // The last hundred or so count.
      const kept = known.count > 100 ? 0.99 : 1
      learned[by] = { sum: known.sum * kept + (before - after) / before, count: known.count * kept + 1 }
    },
    size: () => waiting.size,
  }
}

const faded = ({ uses, at }: Waiting, now: number): number => uses * 0.5 ** ((now - at) / halfLifeMs)
