// Delivers promised webhooks: claims what is due, sends it, writes the attempt into the log, and tries again or gives up.
import { asFailure } from '../../../errors.ts'
import {
  createQueueWorker,
  type JobRecord,
  type LaneLimits,
  type QueueWorker,
  type Records,
  type Seal,
} from '../../../records/index.ts'
import { sign } from './signature.ts'

/** The payload of a job in the queue of webhooks. */
export type WebhookPayload = {
  readonly url: string
  readonly event: string
  /** JSON, byte for byte as it is sent and signed. */
  readonly body: string
  readonly headers?: { readonly [name: string]: string }
  /** Of before secrets were sealed. */
  readonly secret?: string
  /** `Secrets` as JSON, under the id of the job. */
  readonly sealed?: string
}

/** What only the receiver may know. */
export interface WebhookSecrets {
  /** Signs each attempt. */
  readonly secret?: string
  readonly headers?: { readonly [name: string]: string }
}

export interface ReceiverResponse {
  readonly status: number
  /** From Retry-After: not before that, however short the backoff would be. */
  readonly waitMs?: number
}

export interface WebhookRequest {
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
  readonly signal: AbortSignal
}

export interface DelivererOptions {
  readonly records: Records
  /** Through the address guard. Resolves with whatever was answered; rejects when nothing was. */
  readonly send: (outgoing: WebhookRequest) => Promise<ReceiverResponse>
  readonly seal: Pick<Seal, 'open'>
  readonly now?: () => number
  readonly random?: () => number
  readonly queue?: string
  /** How many at once; a receiver that stalls holds one of them until the deadline. */
  readonly most?: number
  /** How many of those one receiver of a project may have, and the project. */
  readonly sharing?: LaneLimits
  readonly deadlineMs?: number
  /** How often to look when nothing is known to be due: another process may have promised something. */
  readonly lookEveryMs?: number
  readonly onError?: (error: unknown) => void
}

export type Deliverer = QueueWorker

export const webhooks = 'webhook'

/**
 * Sockets that mostly wait: many cost little. An eighth is enough for a hundred a second to a receiver that answers,
 * and one that stalls leaves the rest to the others.
 */
const usual = { most: 64, sharing: { most: 8, mostOfProject: 32 } }

export function createDeliverer(given: DelivererOptions): Deliverer {
  const all = { now: Date.now, random: Math.random, queue: webhooks, ...usual, deadlineMs: 15_000, ...given }
  // Longer than any attempt may take, so that a lease ends only when its process did.
  return createQueueWorker({ ...all, leaseMs: all.deadlineMs * 4, run: (job) => deliver(job, all) })
}

type DeliveryContext = Required<
  Pick<DelivererOptions, 'records' | 'send' | 'seal' | 'now' | 'random' | 'deadlineMs'>
>

interface AttemptOutcome {
  readonly status: number | null
  readonly error: string | null
  readonly waitMs?: number
  /** Trying again would be refused again. */
  readonly isFinal?: boolean
}

async function deliver(job: JobRecord, { records, now, random, ...sending }: DeliveryContext): Promise<void> {
  // Only ever what was promised to this queue, by ourselves.
  const webhook = job.payload as unknown as WebhookPayload
  const at = now()
  const began = performance.now()
  const outcome = await attempt(job, webhook, { ...sending, at })
  const ms = Math.round((performance.now() - began) * 10) / 10
  const { status, error } = outcome
  await records.transaction(async (t) => {
    const { url, event } = webhook
    const { id: jobId, project } = job
    const nth = job.earlier + job.attempt
    await t.deliveries.add({ jobId, project, event, url, attempt: nth, status, ms, error, at })
    if (error === null) await t.jobs.finish(job, now())
    else if (outcome.isFinal) await t.jobs.giveUp(job, error, now())
    else await t.jobs.retry(job, error, { now: now(), random: random(), waitMs: outcome.waitMs ?? 0 })
  })
}

async function attempt(
  job: JobRecord,
  webhook: WebhookPayload,
  { send, seal, deadlineMs, at }: Pick<DeliveryContext, 'send' | 'seal' | 'deadlineMs'> & { at: number },
): Promise<AttemptOutcome> {
  const secrets = secretsOf(job, webhook, seal)
  if (!secrets) return { status: null, error: 'its secret was sealed by another instance' }
  const { url, body, headers = {} } = webhook
  const { secret } = secrets
  const signal = AbortSignal.timeout(deadlineMs)
  const signature: Record<string, string> =
    secret === undefined ? {} : { 'halftone-signature': sign({ body, secret, at }) }
  const own = { 'content-type': 'application/json', 'halftone-delivery': job.id, ...signature }
  try {
    const sending = send({ url, body, headers: { ...headers, ...secrets.headers, ...own }, signal })
    const { status, waitMs = 0 } = await Promise.race([sending, overdue(signal)])
    if (status >= 200 && status < 300) return { status, error: null }
    return { status, error: `answered ${status}`, waitMs }
  } catch (thrown) {
    if (signal.aborted) return { status: null, error: `no answer within ${deadlineMs} ms` }
    const { kind, message } = asFailure(thrown)
    const isOurs = kind !== 'internal'
    const error = isOurs ? message : String((thrown as Error)?.message ?? thrown).slice(0, 300)
    return { status: null, error, isFinal: kind === 'forbidden-address' || kind === 'bad-address' }
  }
}

/** Undefined when they cannot be opened: without its signature the receiver would not believe it. */
function secretsOf(
  job: JobRecord,
  { secret, sealed }: WebhookPayload,
  seal: DeliveryContext['seal'],
): WebhookSecrets | undefined {
  if (sealed === undefined) return secret === undefined ? {} : { secret }
  const opened = seal.open(job.id, sealed)
  return opened === undefined ? undefined : (JSON.parse(opened) as WebhookSecrets)
}

/** A sender that does not heed the signal holds no place either. */
function overdue(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) =>
    signal.addEventListener('abort', () => reject(signal.reason), { once: true }),
  )
}
