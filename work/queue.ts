// Who waits for a worker: bounded, foreground before background, the owners in turn and none with more than its share.
import { Failure } from '../errors.ts'

export interface QueueBounds {
  readonly maxWaiting: number
  readonly maxWaitingPerOwner: number
}

/** 'background' work starts only when nothing in the foreground waits. */
export type Priority = 'foreground' | 'background'

export interface Queued {
  readonly priority: Priority
  /** Whose work it is: one owner may only take its share of the queue. */
  readonly owner: string
}

export interface Queue<T extends Queued> {
  /** Fails with 'busy' or 'too-many'. */
  push(entry: T): void
  shift(): T | undefined
  /** What `shift` would give. */
  peek(): T | undefined
  /** Takes an entry out again; false when it is not here any more. */
  remove(entry: T): boolean
  size(): number
}

export function createQueue<T extends Queued>({ maxWaiting, maxWaitingPerOwner }: QueueBounds): Queue<T> {
  const lanes: Readonly<Record<Priority, RoundRobin<T>>> = {
    foreground: createRoundRobin(),
    background: createRoundRobin(),
  }
  const perOwner = new Map<string, number>()
  const size = () => lanes.foreground.size() + lanes.background.size()
  // Background work may fill half of the queue only: it must not keep foreground work out.
  const room = { foreground: maxWaiting, background: Math.floor(maxWaiting / 2) }

  function count(owner: string, by: 1 | -1): void {
    const now = (perOwner.get(owner) ?? 0) + by
    if (now > 0) perOwner.set(owner, now)
    else perOwner.delete(owner)
  }

  function push(entry: T): void {
    if (size() >= room[entry.priority])
      throw new Failure('busy', 'Too many pictures are being made just now.')
    if ((perOwner.get(entry.owner) ?? 0) >= maxWaitingPerOwner)
      throw new Failure('too-many', 'Too many pictures of this source are being made just now.')
    lanes[entry.priority].push(entry)
    count(entry.owner, 1)
  }

  function shift(): T | undefined {
    const entry = lanes.foreground.shift() ?? lanes.background.shift()
    if (entry) count(entry.owner, -1)
    return entry
  }

  function remove(entry: T): boolean {
    if (!lanes[entry.priority].remove(entry)) return false
    count(entry.owner, -1)
    return true
  }

  const peek = (): T | undefined => lanes.foreground.peek() ?? lanes.background.peek()

  return { push, shift, peek, remove, size }
}

interface RoundRobin<T> {
  push(entry: T): void
  shift(): T | undefined
  peek(): T | undefined
  remove(entry: T): boolean
  size(): number
}

/**
 * Entries by rounds: in each round every owner has one turn, in the order they came. A newcomer joins the round after
 * the present one, so that neither a hundred orders of one owner nor a stream of newcomers keeps anybody waiting.
 */
function createRoundRobin<T extends Queued>(): RoundRobin<T> {
  const entries: { readonly entry: T; readonly round: number }[] = []
  let present = 0

  function push(entry: T): void {
    const own = entries.findLast((each) => each.entry.owner === entry.owner)?.round ?? present
    const round = Math.max(own, present) + 1
    const behind = entries.findLastIndex((each) => each.round <= round)
    entries.splice(behind + 1, 0, { entry, round })
  }

  function shift(): T | undefined {
    const first = entries.shift()
    if (first) present = first.round
    return first?.entry
  }

  function remove(entry: T): boolean {
    const at = entries.findIndex((each) => each.entry === entry)
    if (at >= 0) entries.splice(at, 1)
    return at >= 0
  }

  return { push, shift, peek: () => entries[0]?.entry, remove, size: () => entries.length }
}
