// Lets hits go first: the threads that render get a lower scheduling priority than the one that answers.
import { readdirSync, readFileSync } from 'node:fs'
import { setPriority } from 'node:os'

/** Enough that a hit is answered within its turn while every core renders; renders lose nothing on an idle core. */
const niceness = 10

const tasks = '/proc/self/task'

/** libuv's pool, in which sharp waits for its renders, and libvips' own workers, which later ones inherit from. */
const renders = /^(libuv-worker|libvips worker)/

/**
 * Lowers the priority of the threads that render; those of libvips that are started later inherit it. Linux counts threads as tasks with a priority of their own; elsewhere this does nothing. File reads
 * wait in the same pool, so they yield as well: only hits from memory do not.
 * @returns how many threads there were.
 */
export function letRendersYield(): number {
  let lowered = 0
  for (const task of listed()) {
    try {
      if (!renders.test(readFileSync(`${tasks}/${task}/comm`, 'utf8'))) continue
      setPriority(Number(task), niceness)
      lowered++
    } catch {
      // A thread that has just ended, or a system that forbids it: pictures are made all the same.
    }
  }
  return lowered
}

function listed(): readonly string[] {
  try {
    return readdirSync(tasks)
  } catch {
    return []
  }
}
