// The queue before the disk: few writes at once, one at a time for each key, and a bound on what may wait.
import { type Entry, weigh } from './entry.ts'

export interface WriteQueue {
  /** Settles when the entry, or a later one of the same key, is written or dropped. Never rejects. */
  put(entry: Entry): Promise<void>
  /** What is on its way to the disk. */
  pending(key: string): Entry | undefined
  /** Drops what waits for a key and sees what is being written through. True when there was either. */
  cancel(key: string): Promise<boolean>
  idle(): Promise<void>
}

export interface WriteQueueOptions {
  /** Must not reject. */
  readonly write: (entry: Entry) => Promise<void>
  readonly width: number
  readonly maxWaitingBytes: number
  readonly onDropped: () => void
}

interface Job {
  entry: Entry
  readonly done: PromiseWithResolvers<void>
}

export function createWriteQueue({
  write,
  width,
  maxWaitingBytes,
  onDropped,
}: WriteQueueOptions): WriteQueue {
  const waiting = new Map<string, Job>()
  const running = new Map<string, Job>()
  let waitingBytes = 0

  function put(entry: Entry): Promise<void> {
    const job = waiting.get(entry.key)
    if (waitingBytes + weigh(entry) > maxWaitingBytes) {
      // It is only a cache: the picture can be made again, the memory of this process cannot.
      onDropped()
      return Promise.resolve()
    }
    waitingBytes += weigh(entry)
    if (job) return replace(job, entry)
    const added: Job = { entry, done: Promise.withResolvers() }
    waiting.set(entry.key, added)
    startNext()
    return added.done.promise
  }

  function replace(job: Job, entry: Entry): Promise<void> {
    waitingBytes -= weigh(job.entry)
    job.entry = entry
    return job.done.promise
  }

  function take(key: string, job: Job): void {
    waiting.delete(key)
    waitingBytes -= weigh(job.entry)
  }

  function startNext(): void {
    for (const [key, job] of waiting) {
      if (running.size >= width) return
      // Of two writes of one key the later must win, so it waits for the earlier.
      if (running.has(key)) continue
      take(key, job)
      void run(key, job)
    }
  }

  async function run(key: string, job: Job): Promise<void> {
    running.set(key, job)
    await write(job.entry)
    running.delete(key)
    job.done.resolve()
    startNext()
  }

  return {
    put,
    pending: (key) => (waiting.get(key) ?? running.get(key))?.entry,
    async cancel(key) {
      const waits = waiting.get(key)
      const runs = running.get(key)
      if (waits) take(key, waits)
      waits?.done.resolve()
      await runs?.done.promise
      return waits !== undefined || runs !== undefined
    },
    async idle() {
      while (running.size > 0) await Promise.all([...running.values()].map((job) => job.done.promise))
    },
  }
}
