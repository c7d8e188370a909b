// Promised optimising: the job in the queue, and how a worker carries it out. Secrets in the job (a bucket's key, an
// authorization) are sealed in the database.
import { randomBytes } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { asFailure, Failure, type FailureKind } from '../../../errors.ts'
import { statusOf } from '../../../problem.ts'
import type { JobRecord, Records } from '../../../records/index.ts'
import { resultKey } from '../../../storage/index.ts'
import type { Intake, Received } from '../../intake/intake.ts'
import { resumeHold } from '../accounts/quota-holds.ts'
import type { Seal } from '../accounts/secret-sealing.ts'
import type { Hooks } from '../hooks/hooks.ts'
import { type MadeResult, type MakeContext, makeAll } from './make-results.ts'
import type {
  Call,
  OptimiseSource,
  Outcome,
  PromiseOptions,
  PromiseReport,
  WebhookTranslators,
} from './optimising.ts'
import { countsOf, countsOfFailure, rowOf } from './result-rows.ts'

export const queue = 'optimise'

/** How long a promised source is kept at most: beyond all tries of its job. */
const sourceMs = 48 * 3_600_000
/** Failures that may pass, so the job is tried again: a busy node, a source's server that fails. */
const passing: ReadonlySet<FailureKind> = new Set([
  ...([
    'busy',
    'disk-full',
    'records-unavailable',
    'too-many',
    'late',
    'internal',
    'abandoned',
    'upstream-failed',
    'upstream-late',
  ] as const),
  ...(['source-failed', 'source-late'] as const),
])
/** The queue allows twice as many: a job whose worker died in every try still comes here, and its webhook is sent. */
const mostTries = 5

export interface PromiseContext extends MakeContext {
  readonly records: Records
  readonly intake: Intake
  readonly hooks: Hooks
  readonly seal: Seal
  readonly translators: WebhookTranslators
  readonly maxBytes: number
  readonly random: () => number
}

interface PromiseOrder {
  readonly call: Omit<Call, 'key' | 'hold'>
  readonly keyId: string
  /** What the promise holds of its key's quota. */
  readonly held?: string
  readonly source: PromisedSource
  readonly promised: PromiseOptions
  /** Of the results' records: what `status` finds them by. */
  readonly ids: readonly string[]
}

type PromisedSource =
  | { readonly url: string; readonly headers?: Readonly<Record<string, string>> }
  | { readonly key: string; readonly name: string; readonly type: string; readonly bytes: number }

/** On the disk when it resolves: first the source, then the promise. */
export async function keepPromise(
  parts: PromiseContext,
  call: Call,
  wanted: { source: OptimiseSource; promised: PromiseOptions },
) {
  const { records, hooks, seal, now } = parts
  hooks.check(wanted.promised.url)
  const id = records.nextId(now())
  const { key, hold, ...rest } = call
  const source = await keepSource(parts, wanted.source, hold)
  const ids = call.wishes.map(() => records.nextId(now()))
  const held = hold?.id === undefined ? {} : { held: hold.id }
  const order: PromiseOrder = { call: rest, keyId: key.id, ...held, source, promised: wanted.promised, ids }
  const { face } = wanted.promised
  // Beside what is sealed: whose promise it is, and under which id its webhook will be found.
  const payload = { ids, face, hook: records.nextId(now()), sealed: seal.close(id, JSON.stringify(order)) }
  await records.jobs.promise({ id, queue, project: key.project, payload, maxAttempts: mostTries * 2 }, now())
  await hold?.keep(sourceMs)
  return id
}

async function keepSource(
  { bucket, now }: PromiseContext,
  source: OptimiseSource,
  hold: Call['hold'],
): Promise<PromisedSource> {
  if ('url' in source) return source
  const { received } = source
  try {
    await hold?.take(received.bytes)
    const { name, type, bytes } = received
    const key = resultKey({
      // As a result's: its address is all that protects it.
      id: randomBytes(16).toString('hex'),
      name: 'source',
      expiresAt: now() + sourceMs,
    })
    await bucket.put(key, createReadStream(received.file), { type, length: bytes, sha256: received.sha256 })
    return { key, name, type, bytes }
  } finally {
    await received.discard()
  }
}

/** The outcome, its webhook and the end of the job in one transaction. */
export async function carryOut(parts: PromiseContext, job: JobRecord, signal: AbortSignal): Promise<void> {
  const order = orderOf(parts, job)
  try {
    if (!order) throw new Failure('internal', 'What was promised cannot be read any more.')
    if (job.attempt > mostTries) throw new Failure('internal', 'The picture could not be made.')
    const made = await makeOrdered(parts, order, signal)
    await tell(parts, { job, order, made })
  } catch (thrown) {
    if (signal.aborted) return // Its lease is another's, or this process ends: the job comes back by itself.
    const failure = asFailure(thrown)
    if (order && (!passing.has(failure.kind) || job.attempt >= mostTries))
      await tell(parts, { job, order, failure })
    else await parts.records.jobs.retry(job, failure.message, { now: parts.now(), random: parts.random() })
  }
}

function orderOf({ seal }: PromiseContext, job: JobRecord): PromiseOrder | undefined {
  const text = seal.open(job.id, String(job.payload.sealed))
  return text === undefined ? undefined : (JSON.parse(text) as PromiseOrder)
}

async function makeOrdered(
  parts: PromiseContext,
  order: PromiseOrder,
  signal: AbortSignal,
): Promise<readonly MadeResult[]> {
  const key = await parts.records.keys.get(order.keyId)
  if (!key || key.revoked !== null) throw new Failure('bad-credentials', 'The key was revoked meanwhile.')
  const { records, now } = parts
  const hold = await resumeHold(records, key, { id: order.held, forMs: sourceMs, now })
  const received = await fetchSource(parts, order.source, { signal, within: hold.left })
  try {
    // Of an address nothing was known when it was promised.
    await hold.take(received.bytes)
    const making = { received, priority: 'background', ids: order.ids, signal } as const
    return await makeAll(parts, { ...making, call: { ...order.call, key } })
  } finally {
    await received.discard()
  }
}

async function fetchSource(
  { intake, bucket, maxBytes }: PromiseContext,
  source: PromisedSource,
  taking: { readonly signal: AbortSignal; readonly within: () => number },
): Promise<Received> {
  const options = { maxBytes, onlyPictures: true, ...taking }
  if ('url' in source) {
    const { url, headers } = source
    return intake.fetch(url, { ...options, ...(headers ? { headers } : {}) })
  }
  const { name, type, bytes } = source
  const found = await bucket.get(source.key, { signal: taking.signal })
  if (!found) throw new Failure('source-missing', 'The picture is not there any more.')
  return intake.receive(found.body, { ...options, name, type, length: bytes })
}

interface PromiseEnd {
  readonly job: JobRecord
  readonly order: PromiseOrder
  readonly made?: readonly MadeResult[]
  readonly failure?: Failure
}

async function tell(parts: PromiseContext, { job, order, made = [], failure }: PromiseEnd): Promise<void> {
  const { records, hooks, now } = parts
  const outcomes = made.map(({ outcome }) => withoutBody(outcome))
  const { face, url, secret, delayMs, context = {} } = order.promised
  const told: PromiseReport = {
    id: job.id,
    context,
    ...(failure ? { failure: publicFailure(failure) } : { outcomes }),
  }
  const body = parts.translators[face](told)
  await records.transaction(async (t) => {
    const isOurs = failure
      ? await t.jobs.giveUp(job, JSON.stringify(publicFailure(failure)), now())
      : await t.jobs.finish(job, now())
    if (!isOurs) return // Another worker had it meanwhile and has told already.
    const project = job.project
    const key = await t.keys.get(order.keyId)
    if (key && !failure) {
      const call = { ...order.call, key }
      await t.results.add(...made.map((one) => rowOf({ ...one, outcome: withoutBody(one.outcome) }, call)))
    }
    const counts = failure ? countsOfFailure(failure) : countsOf(outcomes)
    if (counts) await t.usage.count(order.keyId, counts, now(), order.held)
    else if (order.held !== undefined) await t.reservations.release(order.held)
    await hooks.promise(t, {
      id: String(job.payload.hook),
      ...{ project, event: failure ? 'optimise.failed' : 'optimise.done', url, body },
      ...(secret === undefined ? {} : { secret }),
      ...(delayMs === undefined ? {} : { delayMs }),
    })
  })
  hooks.poke()
}

export const withoutBody = ({ body: _, ...outcome }: MadeResult['outcome']): Outcome => outcome

export const publicFailure = ({ kind, message }: Failure) => ({ kind, status: statusOf(kind), message })
