// Deletes what has expired: results, the records of finished jobs and deliveries, the records of removed files. It also
// tries again to erase files whose erasure failed. Sources of promised pictures are stored among the results and expire
// like them. Uploads that were never stored are not deleted here but by the uploads, because webhooks tell of them.
//
// Bytes are deleted before their row is marked: if the process dies in between, the next tick finds the row again. Any
// number of processes may run this at once.
import type { Log } from '../../../log.ts'
import type { Records } from '../../../records/index.ts'
import { type Bucket, createRetention } from '../../../storage/index.ts'

export interface ApiRetentionOptions {
  readonly records: Records
  readonly bucket: Bucket
  readonly log: Pick<Log, 'info' | 'warn'>
  readonly now?: () => number
  /** From 0 to 1. */
  readonly random?: () => number
  /** Between two ticks. */
  readonly everyMs?: number
  /** How long the log of deliveries, what became of a job and which files were removed can be asked for. */
  readonly memoryMs?: number
}

/** How many rows were marked, forgotten, or given another try. */
export interface RetentionCounts {
  readonly results: number
  readonly jobs: number
  readonly deliveries: number
  readonly erasures: number
  readonly files: number
}

export interface ApiRetention {
  /** Ticks every so often until `stop`. */
  start(): void
  /** Interrupts a tick between two steps and waits for it. */
  stop(): Promise<void>
  /** All that is due now. One at a time: who asks meanwhile gets the same. What fails is logged and left to the next. */
  tick(): Promise<RetentionCounts>
}

const hourMs = 3_600_000
/** A month: whoever asks why a webhook never came, or where a file went, asks within it. */
const usualMemoryMs = 30 * 24 * hourMs
/** Few enough that a writer who waits for the embedded database does not notice. */
const rowsAtOnce = 200

export function createApiRetention(options: ApiRetentionOptions): ApiRetention {
  const { now = Date.now, random = Math.random, everyMs = 60_000 } = options
  const stopping = new AbortController()
  let running: Promise<RetentionCounts> | undefined
  let timer: NodeJS.Timeout | undefined

  function tick(): Promise<RetentionCounts> {
    running ??= tickOnce({ ...options, now, signal: stopping.signal }).finally(() => {
      running = undefined
    })
    return running
  }

  /** Anywhere within the time, so that processes that were started together do not all come at once. */
  function plan(): void {
    if (stopping.signal.aborted) return
    timer = setTimeout(() => tick().finally(plan), everyMs * (0.5 + random())).unref()
  }

  return {
    start: () => {
      if (timer === undefined) plan()
    },
    tick,
    async stop() {
      stopping.abort()
      clearTimeout(timer)
      await running
    },
  }
}

interface RetentionRun extends ApiRetentionOptions {
  readonly now: () => number
  readonly signal: AbortSignal
}

async function tickOnce(ticking: RetentionRun): Promise<RetentionCounts> {
  const { records, log, now, memoryMs = usualMemoryMs, signal } = ticking
  const step = async (what: string, work: () => Promise<number>): Promise<number> => {
    if (signal.aborted) return 0
    try {
      return await work()
    } catch (error) {
      log.warn({ err: error, what }, 'retention could not finish and tries again later')
      return 0
    }
  }
  const before = now() - memoryMs
  // Of calls whose process died: they hold nothing any more, and are only in the way.
  await step('reservations', () =>
    inBits(ticking, (limit) => records.reservations.forget({ before: now(), limit })),
  )
  const ticked: RetentionCounts = {
    results: await step('results', () => removeResults(ticking)),
    erasures: await step('erasures', () => tryErasuresAgain(ticking)),
    files: await step('files', () =>
      inBits(ticking, (limit) => records.files.forgetRemoved({ before, limit })),
    ),
    jobs: await step('jobs', () => inBits(ticking, (limit) => records.jobs.forget({ before, limit }))),
    deliveries: await step('deliveries', () =>
      inBits(ticking, (limit) => records.deliveries.forget({ before, limit })),
    ),
  }
  if (Object.values(ticked).some((count) => count > 0)) log.info(ticked, 'retention')
  return ticked
}

/** Storage keeps results by the hour in which they expire. Rows are marked when all results of their hour are deleted. */
async function removeResults(ticking: RetentionRun): Promise<number> {
  const { bucket, records, now, signal } = ticking
  const retention = createRetention({ bucket, now })
  const before = Math.floor(now() / hourMs) * hourMs + 1
  while (!(await retention.tick(signal)).isDone) if (signal.aborted) return 0
  return inBits(ticking, async (limit) => {
    const due = await records.results.findExpired({ before, limit })
    await records.results.markRemoved(due.map(({ id }) => id))
    return due.length
  })
}

/** These jobs failed for days. The bytes of a removed file must not stay, so they get new attempts. */
async function tryErasuresAgain({ records, now }: RetentionRun): Promise<number> {
  const { rows } = await records.jobs.find({
    queue: eraseQueue,
    states: ['dead'],
    page: { limit: rowsAtOnce },
  })
  for (const { id } of rows) await records.jobs.resend(id, now())
  return rows.length
}

/** The uploads' queue of files whose bytes are to be erased. */
const eraseQueue = 'erase'

async function inBits({ signal }: RetentionRun, work: (limit: number) => Promise<number>): Promise<number> {
  let done = 0
  while (!signal.aborted) {
    const count = await work(rowsAtOnce)
    done += count
    if (count < rowsAtOnce) break
    // Others write in between.
    await new Promise((resolve) => setImmediate(resolve))
  }
  return done
}
