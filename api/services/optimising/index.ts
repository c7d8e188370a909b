// The optimise service: at once for a client that waits, or promised and told by a webhook.
import { asFailure, Failure } from '../../../errors.ts'
import type { Log } from '../../../log.ts'
import { type Counts, createQueueWorker, type Records } from '../../../records/index.ts'
import type { Intake, Received } from '../../intake/intake.ts'
import { makeAll } from './make-results.ts'
import type { Call, OptimisedResult, OptimiseSource, Optimising, PromiseStatus } from './optimising.ts'
import { carryOut, keepPromise, type PromiseContext, queue, withoutBody } from './promises.ts'
import { countsOf, countsOfFailure, outcomeOf, rowOf } from './result-rows.ts'

export { createBucketDelivery } from './bucket-delivery.ts'
export type {
  Call,
  CustomerBucket,
  OptimisedResult,
  OptimiseSource,
  Optimising,
  Outcome,
  PromiseReport,
  WebhookTranslator,
  WebhookTranslators,
  Wish,
} from './optimising.ts'
export { outcomeOf } from './result-rows.ts'

export interface OptimisingOptions extends Omit<PromiseContext, 'now' | 'random'> {
  readonly log: Log
  /** Promised pictures that this process makes at once. */
  readonly most: number
  readonly now?: () => number
  readonly random?: () => number
}

const mostWishes = 10
/** Prolonged while a picture is worked on: how long it stays unfinished when its process dies. */
const leaseMs = 20_000
/** After `stop`, for pictures under way; what takes longer is begun anew elsewhere, or by the next process. */
const graceMs = 10_000

export function createOptimising(options: OptimisingOptions): Optimising & { stop(): Promise<void> } {
  const parts: PromiseContext = { now: Date.now, random: Math.random, ...options }
  const { records, log, most } = { ...options, ...parts }
  const stopping = new AbortController()
  const work = createQueueWorker({
    ...{ records, queue, most, leaseMs, now: parts.now },
    run: (job, { signal }) => carryOut(parts, job, AbortSignal.any([signal, stopping.signal])),
    onError: (error, job) =>
      log.error({ err: error, job: job?.id }, 'a promised picture could not be told of'),
  })

  // What was promised before this process began is due now.
  work.poke()

  async function optimise(
    call: Call,
    source: OptimiseSource,
    signal: AbortSignal,
  ): Promise<readonly OptimisedResult[]> {
    checkCall(call)
    try {
      const received = await receive(parts, { call, source, signal })
      try {
        await call.hold?.take(received.bytes)
        return await makeAndRecord(parts, { call, received, signal })
      } finally {
        await received.discard()
      }
    } catch (thrown) {
      const counts = countsOfFailure(asFailure(thrown))
      if (counts)
        await countUsage(parts, call, counts).catch((error) =>
          log.error({ err: error }, 'usage was not counted'),
        )
      throw thrown
    }
  }

  return {
    optimise,
    promise: async (call, source, promised) => {
      checkCall(call)
      const id = await keepPromise(parts, call, { source, promised })
      work.poke()
      return id
    },
    status: (project, id) => statusOf(records, project, id),
    stop: async () => {
      const timer = setTimeout(() => stopping.abort(), graceMs)
      await work.stop()
      clearTimeout(timer)
    },
  }
}

function checkCall({ wishes }: Call): void {
  if (wishes.length >= 1 && wishes.length <= mostWishes) return
  throw new Failure('bad-option', `Expected 1 to ${mostWishes} results of one picture.`, {
    option: 'variants',
    expected: `1 to ${mostWishes}`,
    received: String(wishes.length),
  })
}

async function receive(
  { intake, maxBytes }: { intake: Intake; maxBytes: number },
  { call, source, signal }: { call: Call; source: OptimiseSource; signal: AbortSignal },
): Promise<Received> {
  if ('received' in source) return source.received
  const { url, headers } = source
  return intake.fetch(url, {
    ...{ maxBytes, onlyPictures: true, signal },
    ...(call.hold ? { within: call.hold.left } : {}),
    ...(headers ? { headers } : {}),
  })
}

/** Once: in the transaction in which it gives back what it held. */
async function countUsage(
  parts: PromiseContext,
  { key, hold }: Call,
  counts: Partial<Counts>,
): Promise<void> {
  await parts.records.transaction((t) => t.usage.count(key.id, counts, parts.now(), hold?.id))
  hold?.settle()
}

interface ForegroundRequest {
  readonly call: Call
  readonly received: Received
  readonly signal: AbortSignal
}

async function makeAndRecord(
  parts: PromiseContext,
  { call, received, signal }: ForegroundRequest,
): Promise<readonly OptimisedResult[]> {
  const all = await makeAll(parts, { call, received, priority: 'foreground', signal })
  const outcomes = all.map(({ outcome }) => outcome)
  await parts.records.transaction(async (t) => {
    await t.results.add(...all.map((one) => rowOf({ ...one, outcome: withoutBody(one.outcome) }, call)))
    await t.usage.count(call.key.id, countsOf(outcomes), parts.now(), call.hold?.id)
  })
  call.hold?.settle()
  return outcomes
}

async function statusOf(records: Records, project: string, id: string): Promise<PromiseStatus | undefined> {
  const job = await records.jobs.get(id)
  if (!job || job.queue !== queue || job.project !== project) return undefined
  const { created } = job
  if (job.state === 'waiting' || job.state === 'running') return { id, created, state: job.state }
  if (job.state === 'dead') return { id, created, state: 'failed', failure: failureOf(job.error) }
  const ids = job.payload.ids as readonly string[]
  const rows = await Promise.all(ids.map((each) => records.results.get(each)))
  const outcomes = rows
    .flatMap((row) => (row ? [outcomeOf(row, project)] : []))
    .filter((one) => one !== undefined)
  return { id, created, state: 'done', outcomes }
}

/** As `tell` wrote it; a job whose worker died too often carries the queue's own words. */
function failureOf(error: string | null): NonNullable<PromiseStatus['failure']> {
  try {
    return JSON.parse(error ?? '')
  } catch {
    const { kind, message } = asFailure(undefined)
    return { kind, status: 500, message }
  }
}
