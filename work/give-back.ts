// Memory that a process needed once goes back to the system.
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

/**
 * Collects what nobody holds any more, and gives the heap's empty pages back: V8 does so by itself only after minutes of
 * work. It takes a tenth of a second, in which nothing else runs.
 */
export function giveBackMemory(): void {
  setFlagsFromString('--expose-gc')
  const collect = runInNewContext('gc') as (how: object) => void
  setFlagsFromString('--no-expose-gc')
  collect({ type: 'major', execution: 'sync', flavor: 'last-resort' })
}
