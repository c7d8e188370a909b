// Names for files and folders of unfinished work. A name tells the process, its start and its machine. The number of a
// process alone would not do: numbers are used again, in containers at every start.
import { createHash, randomBytes } from 'node:crypto'
import { readFileSync, readlinkSync } from 'node:fs'
import { hostname } from 'node:os'

/** A process on another machine counts as alive as long as its files were touched within this time. */
const silentMs = 3600_000

/** `<pid>.<start>.<place>.<life>`. */
export const nameProcess = (): string =>
  [process.pid, startOf(process.pid) ?? 0, place(), randomBytes(4).toString('hex')].join('.')

/** Whether nobody writes there any more; false for a name that is none of ours. A number may follow the owner's name. */
export function isProcessGone(name: string, untouchedMs: number): boolean {
  const [, pid, start, where] = /^(\d+)\.(\d+)\.([0-9a-f]{12})\.[0-9a-f]{8}(?:\.\d+)?$/.exec(name) ?? []
  if (pid === undefined) return false
  // Another machine or container, whose processes have other numbers than ours.
  if (where !== place()) return untouchedMs > silentMs
  return !isAlive(Number(pid)) || (startOf(Number(pid)) ?? start) !== start
}

/** Processes of one place see each other by number: the same start of the same kernel, the same number space. */
function place(): string {
  const boot = tryRead(() => readFileSync('/proc/sys/kernel/random/boot_id', 'utf8'))
  const space = tryRead(() => readlinkSync('/proc/self/ns/pid'))
  return createHash('sha256').update(`${hostname()} ${boot} ${space}`).digest('hex').slice(0, 12)
}

/** In ticks since the machine started (proc(5), field 22); the second field may hold anything, so count behind it. */
function startOf(pid: number): string | undefined {
  const line = tryRead(() => readFileSync(`/proc/${pid}/stat`, 'utf8'))
  return line?.slice(line.lastIndexOf(')') + 2).split(' ')[19]
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch (thrown) {
    // EPERM: there is such a process, and it is somebody else's.
    return (thrown as NodeJS.ErrnoException).code === 'EPERM'
  }
}

function tryRead<T>(read: () => T): T | undefined {
  try {
    return read()
  } catch {
    return undefined
  }
}
