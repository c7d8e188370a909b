// Long work in slices: each has a turn of the event loop that no other slice has, so between two of them others are
// answered, however many pages and pictures are worked on at once.
import { setImmediate } from 'node:timers/promises'

/** Settles when it is the caller's turn; those who wait get theirs in the order of asking. */
export type Turn = () => Promise<void>

export function createTurns(): Turn {
  let last: Promise<void> = Promise.resolve()
  return () => {
    last = last.then(() => setImmediate())
    return last
  }
}
