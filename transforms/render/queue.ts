// Who waits for a worker: bounded, foreground before background, and no owner with more than its share.
import { Failure } from '../../errors.ts'
import type { Job } from '../processor.ts'

export interface Bounds {
  readonly maxWaiting: number
  readonly maxWaitingPerOwner: number
}

type Waiting = Pick<Job, 'owner' | 'priority'>

export interface Queue<T extends Waiting> {
  /** Fails with 'busy' or 'too-many'. */
  push(entry: T): void
  shift(): T | undefined
  /** Takes an entry out again; false when it is not here any more. */
  remove(entry: T): boolean
  size(): number
}

export function createQueue<T extends Waiting>({ maxWaiting, maxWaitingPerOwner }: Bounds): Queue<T> {
  const lanes: Readonly<Record<Job['priority'], T[]>> = { foreground: [], background: [] }
  const perOwner = new Map<string, number>()
  const size = () => lanes.foreground.length + lanes.background.length
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
    const lane = lanes[entry.priority]
    const at = lane.indexOf(entry)
    if (at < 0) return false
    lane.splice(at, 1)
    count(entry.owner, -1)
    return true
  }

  return { push, shift, remove, size }
}
