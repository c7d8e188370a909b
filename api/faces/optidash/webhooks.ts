// The list of webhooks (reference, section 7): promises of this face, newest first, with how far each has come.
import { z } from 'zod'
import type { DeliveryRecord, JobRecord, JsonObject, Records } from '../../../records/index.ts'
import { read, words } from '../schema.ts'

const states = ['created', 'scheduled', 'dispatched', 'delivered', 'failed'] as const
type WebhookState = (typeof states)[number]

const digits = (max: number) => {
  const error = `must be a whole number up to ${max}`
  return z
    .string()
    .regex(/^\d{1,6}$/, { error })
    .transform(Number)
    .refine((value) => value <= max, { error })
}

/** Seconds since 1970, or a date. */
const time = words(40).transform((text, context) => {
  const at = /^\d{1,11}$/.test(text) ? Number(text) * 1000 : Date.parse(text)
  if (Number.isNaN(at)) context.addIssue({ code: 'custom', message: 'must be Unix seconds or a date' })
  return at
})

const shape = z.object({
  status: words()
    .transform((text) => text.split(',').map((word) => word.trim()))
    .pipe(z.array(z.enum(states, { error: `must be of ${states.join(', ')}` })))
    .optional(),
  ...{ start: time.optional(), end: time.optional() },
  offset: digits(10_000).default(0),
  limit: digits(100).default(50),
})

export type WebhookQuery = z.infer<typeof shape>

/** Fails with 'bad-option'. */
export const readQuery = (given: Readonly<Record<string, string>>): WebhookQuery => read(shape, given)

/** Where the optimise service keeps what it promised. */
const queue = 'optimise'
const atOnce = 100

export async function listWebhooks(
  records: Records,
  project: string,
  query: WebhookQuery,
): Promise<readonly JsonObject[]> {
  const { status = states, start, end, offset, limit } = query
  const created = { ...(start !== undefined && { from: start }), ...(end !== undefined && { below: end }) }
  const found: JsonObject[] = []
  let after: string | undefined
  do {
    const page = { limit: atOnce, ...(after !== undefined && { after }) }
    const { rows, next } = await records.jobs.find({ queue, project, created, page })
    const views = await Promise.all(
      rows.filter(isOurs).map(async (job) => viewOf(job, await hookOf(records, job))),
    )
    found.push(...views.filter((view) => status.includes(view.status as WebhookState)))
    after = next ?? undefined
  } while (after !== undefined && found.length < offset + limit)
  return found.slice(offset, offset + limit)
}

/** Undefined for another project's, and for what was promised by another face. */
export async function findWebhook(
  records: Records,
  project: string,
  id: string,
): Promise<JsonObject | undefined> {
  const job = await records.jobs.get(id)
  if (!job || job.queue !== queue || job.project !== project || !isOurs(job)) return undefined
  const hook = await hookOf(records, job)
  const { rows } = await records.deliveries.find({ jobId: hook?.id ?? '' })
  return { ...viewOf(job, hook), attempts: rows.map(attemptOf) }
}

const isOurs = ({ payload }: JobRecord): boolean => payload.face === 'optidash'

/** Of the webhook itself: there is none before the picture is made. */
const hookOf = (records: Records, { payload }: JobRecord): Promise<JobRecord | undefined> =>
  records.jobs.get(String(payload.hook))

const stateOf: Readonly<Record<JobRecord['state'], WebhookState>> = {
  waiting: 'scheduled',
  running: 'dispatched',
  done: 'delivered',
  dead: 'failed',
}

function viewOf(job: JobRecord, hook: JobRecord | undefined): JsonObject {
  const isMade = job.state === 'done' || job.state === 'dead'
  return {
    id: job.id,
    status: hook ? stateOf[hook.state] : isMade ? 'failed' : 'created',
    created_at: new Date(job.created).toISOString(),
    url: hook?.payload.url ?? null,
    error: hook?.error ?? null,
    payload: hook ? JSON.parse(String(hook.payload.body)) : null,
  }
}

const attemptOf = ({ at, status, ms, error }: DeliveryRecord): JsonObject => ({
  at: new Date(at).toISOString(),
  ...{ status, ms, error },
})
