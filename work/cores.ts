// One budget of cores for all pictures that a process makes: renders of addresses, and the API's optimising. Each has a queue
// and workers of its own, and starts a picture only when the budget gives it a turn.
import type { Priority } from './queue.ts'

/** Renders come first: somebody waits at a page. */
export type LineName = 'renders' | 'api'

/** A queue as the budget sees it. */
export interface Line {
  readonly name: LineName
  /** The priority of what it would start now; undefined when nothing waits, or its workers are all busy. */
  next(): Priority | undefined
  /** Starts that, on a core that is taken for it. */
  start(): void
  waiting(): number
}

export interface Cores {
  join(line: Line): void
  /** A core, if one is free and nobody who waits comes before. */
  take(name: LineName, priority: Priority): boolean
  /** Gives a core to who is next, else back. */
  release(name: LineName, priority: Priority): void
  /** Whether anything waits, in whichever line: who could go on for longer should end. */
  isWanted(): boolean
  /** Whether a core is free and nothing waits: what is done beside all lines may begin. */
  isQuiet(): boolean
}

/** Foreground renders, then what the API is asked for, then the background of both. */
const order = ['renders foreground', 'api foreground', 'renders background', 'api background'] as const
type Rank = (typeof order)[number]

const first: Rank = 'renders foreground'
const rankOf = (name: LineName, priority: Priority): Rank => `${name} ${priority}`

/** After so many turns of others the API has one: renders without end must not make all of its work late. */
const patience = 8

/**
 * At most `total` pictures at once, and one more: where others hold every core, a foreground render starts all the same. An
 * optimisation may take ten seconds, and the system prefers the render, whose process has the higher priority.
 */
export function createCores(total: number): Cores {
  const lines: Line[] = []
  const held = new Map<Rank, number>()
  let passedOver = 0

  const count = (): number => [...held.values()].reduce((sum, each) => sum + each, 0)
  const change = (rank: Rank, by: 1 | -1): void => void held.set(rank, (held.get(rank) ?? 0) + by)

  const isFree = (rank: Rank): boolean =>
    count() < total || (rank === first && !held.get(first) && count() === total)

  function whoIsNext(): Line | undefined {
    const waiting = new Map<Rank, Line>()
    for (const line of lines) {
      const priority = line.next()
      if (priority) waiting.set(rankOf(line.name, priority), line)
    }
    const rank = order.find((each) => waiting.has(each))
    if (rank === undefined || !isFree(rank)) return undefined
    const api = waiting.get('api foreground')
    const isPassedOver = rank === first && api !== undefined
    passedOver = isPassedOver ? passedOver + 1 : 0
    if (isPassedOver && passedOver > patience && isFree('api foreground')) {
      passedOver = 0
      return api
    }
    return waiting.get(rank)
  }

  return {
    join: (line) => void lines.push(line),
    take(name, priority) {
      const rank = rankOf(name, priority)
      const isFirst = lines.every((line) => {
        const other = line.next()
        return !other || order.indexOf(rankOf(line.name, other)) > order.indexOf(rank)
      })
      if (!isFirst || !isFree(rank)) return false
      change(rank, 1)
      return true
    },
    release(name, priority) {
      change(rankOf(name, priority), -1)
      for (let line = whoIsNext(); line; line = whoIsNext()) {
        change(rankOf(line.name, line.next() ?? 'foreground'), 1)
        line.start()
      }
    },
    isWanted: () => lines.some((line) => line.waiting() > 0),
    isQuiet: () => count() < total && lines.every((line) => line.waiting() === 0),
  }
}
