// The single writer: one member writes at a time, and those that came close together share one commit, one fsync.
import { hasLostTransaction, type Thread } from './thread.ts'

/** A group larger than this is committed although more are waiting, so that the first need not wait for the last. */
const largestGroup = 256

export interface Writer {
  /** The caller's turn. It must end with `leave`, whatever happened. */
  enter(): Promise<CommitGroup>
  /** Ends the turn; the promise is kept when what the member wrote is on the disk. */
  leave(group: CommitGroup): Promise<void>
  /** Told of an error, in case SQLite has rolled back the whole group because of it. */
  noteError(group: CommitGroup, error: unknown): void
  /** Nothing of this group will be kept. */
  lose(group: CommitGroup, error: unknown): void
  /** Resolves when nothing is left to commit. */
  idle(): Promise<void>
}

export interface CommitGroup {
  members: number
  isLost: boolean
  readonly onDisk: PromiseWithResolvers<void>
}

/** Lets one member in at a time, in the order in which they came. */
function createTurns() {
  const queue: (() => void)[] = []
  let isTaken = false
  return {
    take(): Promise<void> {
      if (isTaken) return new Promise((resolve) => queue.push(resolve))
      isTaken = true
      return Promise.resolve()
    },
    /** False where somebody has the turn. */
    takeNow(): boolean {
      if (isTaken) return false
      isTaken = true
      return true
    },
    /** Straight to the next in line, so that nobody slips in between. */
    handOver(): void {
      const next = queue.shift()
      if (next) next()
      else isTaken = false
    },
    isTaken: () => isTaken,
  }
}

async function beginGroup(thread: Thread): Promise<CommitGroup> {
  await thread.ask('begin immediate')
  const onDisk = Promise.withResolvers<void>()
  // A group whose members have all given up still ends; nobody needs to hear of it.
  onDisk.promise.catch(() => {})
  return { members: 0, isLost: false, onDisk }
}

function lose(hurt: CommitGroup, error: unknown): void {
  hurt.isLost = true
  hurt.onDisk.reject(error)
}

export function createWriter(thread: Thread): Writer {
  const { take, takeNow, handOver, isTaken } = createTurns()
  let isDue = false
  let group: CommitGroup | undefined

  const commit = async (ending: CommitGroup): Promise<void> => {
    group = undefined
    try {
      await thread.ask(ending.isLost ? 'rollback' : 'commit')
      ending.onDisk.resolve()
    } catch (error) {
      await thread.ask('rollback').catch(() => {})
      ending.onDisk.reject(error)
    }
    handOver()
  }
  /** After a turn of the event loop: requests that arrived together then share the commit. */
  const commitSoon = (): void => {
    if (isDue) return
    isDue = true
    setImmediate(() => {
      isDue = false
      if (group && takeNow()) void commit(group)
    })
  }

  return {
    enter: async () => {
      await take()
      try {
        group ??= await beginGroup(thread)
        return group
      } catch (error) {
        handOver()
        throw error
      }
    },
    leave: (left) => {
      left.members++
      if (left.isLost || left.members >= largestGroup) void commit(left)
      else {
        handOver()
        if (!isTaken()) commitSoon()
      }
      return left.onDisk.promise
    },
    noteError: (hurt, error) => {
      if (hasLostTransaction(error)) lose(hurt, error)
    },
    lose,
    idle: async () => {
      await take()
      if (group) await commit(group)
      else handOver()
    },
  }
}
