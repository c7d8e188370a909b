// Workers of a queue: claim what is due, keep the lease while it is worked on, and look again when something is due.

import type { LaneLimits } from './fair-lanes.ts'
import type { JobRecord } from './jobs.ts'
import type { Records } from './records.ts'

export interface LeaseSignal {
  /** Aborts when the lease was lost: another worker may have the job. */
  readonly signal: AbortSignal
}

export interface QueueWorkerOptions {
  readonly records: Records
  readonly queue: string
  /** How many at once. */
  readonly most: number
  /** How many of those may be of one lane, and of one project. */
  readonly sharing?: LaneLimits
  /** How long a claimed job is closed to other workers. Extended during the work, so it ends only when the process died. */
  readonly leaseMs: number
  /**
   * Does the job and settles it (`done`, `giveUp`), best in the transaction of what it did. When it throws the job
   * is tried again after a backoff, until its attempts are used up.
   */
  readonly run: (job: JobRecord, held: LeaseSignal) => Promise<void>
  readonly now?: () => number
  /** From 0 to 1. */
  readonly random?: () => number
  /** How often to look when nothing is known to be due: another process may have promised something. */
  readonly lookEveryMs?: number
  /** Told of what `run` and the database threw. */
  readonly onError?: (error: unknown, job?: JobRecord) => void
}

export interface QueueWorker {
  /** Something was promised, or is due now. Nothing is claimed before the first. */
  poke(): void
  /** Resolves when nothing is being worked on and nothing was due at the last look. */
  idle(): Promise<void>
  /** Takes nothing new and waits for what is being worked on. */
  stop(): Promise<void>
}

export function createQueueWorker(options: QueueWorkerOptions): QueueWorker {
  const { records, queue, most, leaseMs, now = Date.now, lookEveryMs = 2000, onError = () => {} } = options
  const { sharing, random = Math.random } = options
  const busy = new Map<Promise<void>, JobRecord>()
  let filling: Promise<void> | undefined
  let isPoked = false
  let isStopped = false
  let timer: NodeJS.Timeout | undefined

  const claim = async (): Promise<void> => {
    const held = [...busy.values()].map(({ lane }) => lane)
    const lanes = sharing && { lanes: { ...sharing, held, random: random() } }
    const jobs = await records.jobs.claim({ queue, limit: most - busy.size, leaseMs, now: now(), ...lanes })
    for (const job of jobs) {
      const working: Promise<void> = work(job, { ...options, now, onError }).then(() => {
        busy.delete(working)
        poke()
      })
      busy.set(working, job)
    }
  }
  const lookAgain = async (): Promise<void> => {
    const due = await records.jobs.nextDue(queue).catch(() => undefined)
    clearTimeout(timer)
    if (isStopped) return
    // Not at once, even if something is due: when all hands are full one that ends will poke.
    const waitMs = Math.max(50, Math.min(lookEveryMs, (due ?? Number.POSITIVE_INFINITY) - now()))
    timer = setTimeout(poke, waitMs).unref()
  }
  const fill = async (): Promise<void> => {
    while (isPoked && !isStopped) {
      isPoked = false
      if (busy.size < most) await claim().catch((error) => onError(error))
    }
    await lookAgain()
    filling = undefined
    if (isPoked && !isStopped) poke()
  }
  const poke = (): void => {
    isPoked = true
    if (!isStopped) filling ??= fill()
  }
  const waitUntilIdle = async (): Promise<void> => {
    while (filling || busy.size > 0) await Promise.all([filling, ...busy.keys()])
  }

  const unhear = records.calls?.hear(queue, poke)

  return {
    poke() {
      records.calls?.tell(queue)
      poke()
    },
    idle: waitUntilIdle,
    stop: async () => {
      isStopped = true
      unhear?.()
      clearTimeout(timer)
      await waitUntilIdle()
    },
  }
}

type WorkerContext = QueueWorkerOptions & Required<Pick<QueueWorkerOptions, 'now' | 'onError'>>

async function work(job: JobRecord, options: WorkerContext): Promise<void> {
  const { records, leaseMs, run, now, random = Math.random, onError } = options
  const lost = new AbortController()
  const heart = setInterval(async () => {
    // A database that does not answer now may do so before the lease ends.
    const isOurs = await records.jobs.extend(job, leaseMs, now()).catch(() => true)
    if (!isOurs) lost.abort()
  }, leaseMs / 3)
  try {
    await run(job, { signal: lost.signal })
  } catch (error) {
    onError(error, job)
    const said = error instanceof Error ? error.message : String(error)
    await records.jobs.retry(job, said.slice(0, 300), { now: now(), random: random() }).catch(onError)
  } finally {
    clearInterval(heart)
  }
}
