// Deliveries: what was promised to be told, how far that is, and each attempt: "did you call us, and when?"
import { createRoute, z } from '@hono/zod-openapi'
import { Failure } from '../../../../errors.ts'
import type { DeliveryRecord, JobRecord } from '../../../../records/index.ts'
import { type WebhookPayload, webhooks } from '../../../services/hooks/deliverer.ts'
import type { ApiParts } from '../../parts.ts'
import { json, notFound, type Routing } from '../app.ts'
import type { NativeContext } from '../authenticate.ts'
import { IdPlace, pageBody, pageOf, paging, placeOf } from '../pages.ts'
import { failureResponses } from '../problems.ts'
import { maybeTime, moment, time, timeText, yesNo } from '../schemas/scalars.ts'

const tags = ['Webhooks']

const Attempt = z
  .object({
    id: z.string(),
    job: z.string().openapi({ description: 'Of the delivery that it is an attempt of.' }),
    event: z.string(),
    url: z.string(),
    attempt: z
      .int()
      .openapi({ description: 'The first is 1; it counts on when the delivery is sent again.' }),
    status: z.int().nullable().openapi({ description: 'What was answered; null when nothing was.' }),
    is_delivered: z.boolean(),
    error: z.string().nullable(),
    ms: z.number(),
    at: time(),
  })
  .openapi('DeliveryAttempt')

const state = z.enum(['waiting', 'running', 'done', 'dead'])

const Delivery = z
  .object({
    id: z.string(),
    event: z.string(),
    url: z.string(),
    state: state.openapi({ description: 'dead: given up after the last attempt.' }),
    attempts: z.int().openapi({ description: 'So far.' }),
    max_attempts: z.int().openapi({ description: 'Those before it was sent again included.' }),
    error: z.string().nullable(),
    created: time(),
    due: time().nullable().openapi({ description: 'When it is tried next.' }),
    finished: time().nullable(),
  })
  .openapi('Delivery')

const attemptView = (row: DeliveryRecord): z.output<typeof Attempt> => ({
  ...{ id: row.id, job: row.jobId, event: row.event, url: row.url, attempt: row.attempt, status: row.status },
  is_delivered: row.status !== null && row.status >= 200 && row.status < 300,
  ...{ error: row.error, ms: row.ms, at: timeText(row.at) },
})

/** Neither body nor secret: a log is read by more people than a webhook is meant for. */
function deliveryView(job: JobRecord): z.output<typeof Delivery> {
  // Only ever what was promised to this queue, by ourselves.
  const { event, url } = job.payload as unknown as WebhookPayload
  const { id, state, error, earlier } = job
  const [attempts, max_attempts] = [earlier + job.attempt, earlier + job.maxAttempts]
  return {
    ...{ id, event, url, state, attempts, max_attempts, error },
    created: timeText(job.created),
    due: state === 'waiting' ? maybeTime(job.due) : null,
    finished: maybeTime(job.finished),
  }
}

const window = {
  from: moment().optional(),
  below: moment().optional().openapi({ description: 'Itself not included.' }),
}

const within = (from: number | undefined, below: number | undefined) => ({
  ...(from === undefined ? {} : { from }),
  ...(below === undefined ? {} : { below }),
})

export function addDeliveries(routing: Routing): void {
  addAttempts(routing)
  addList(routing)
  addOne(routing)
  addResend(routing)
}

function addAttempts({ app, parts, guard }: Routing): void {
  app.openapi(
    createRoute({
      ...guard({ scope: 'webhooks' }),
      method: 'get',
      path: '/v1/deliveries',
      operationId: 'findAttempts',
      tags,
      summary: 'The log of deliveries',
      description: 'Each attempt, newest first.',
      request: {
        query: z.strictObject({
          ...paging,
          job: z.string().max(100).optional(),
          event: z.string().max(100).optional(),
          delivered: yesNo().optional().openapi({ description: 'Answered with 2xx, or not.' }),
          ...window,
        }),
      },
      responses: { 200: json(pageOf('AttemptPage', Attempt), 'A page of attempts.'), ...failureResponses() },
    }),
    async (c) => {
      const { limit = 50, cursor, job, event, delivered, from, below } = c.req.valid('query')
      const after = placeOf(IdPlace, cursor)
      const { rows, next } = await parts.records.deliveries.find({
        project: c.get('key').project,
        ...(job === undefined ? {} : { jobId: job }),
        ...(event === undefined ? {} : { event }),
        ...(delivered === undefined ? {} : { isDelivered: delivered }),
        at: within(from, below),
        page: { limit, ...(after === undefined ? {} : { after }) },
      })
      return c.json(pageBody(c, rows.map(attemptView), next), 200)
    },
  )
}

const params = z.object({ id: z.string().max(100) })

/** A delivery of the project that asks. */
async function ownDelivery(c: NativeContext, { records }: ApiParts, id: string): Promise<JobRecord> {
  const job = await records.jobs.get(id)
  if (job?.queue !== webhooks || job.project !== c.get('key').project) throw notFound('delivery')
  return job
}

function addList({ app, parts, guard }: Routing): void {
  app.openapi(
    createRoute({
      ...guard({ scope: 'webhooks' }),
      method: 'get',
      path: '/v1/deliveries/jobs',
      operationId: 'findDeliveries',
      tags,
      summary: 'What was promised to be told',
      description: 'Newest first.',
      request: { query: z.strictObject({ ...paging, state: state.optional(), ...window }) },
      responses: {
        200: json(pageOf('DeliveryPage', Delivery), 'A page of deliveries.'),
        ...failureResponses(),
      },
    }),
    async (c) => {
      const { limit = 50, cursor, state: wanted, from, below } = c.req.valid('query')
      const after = placeOf(IdPlace, cursor)
      const { rows, next } = await parts.records.jobs.find({
        queue: webhooks,
        project: c.get('key').project,
        ...(wanted === undefined ? {} : { states: [wanted] }),
        created: within(from, below),
        page: { limit, ...(after === undefined ? {} : { after }) },
      })
      return c.json(pageBody(c, rows.map(deliveryView), next), 200)
    },
  )
}

function addOne({ app, parts, guard }: Routing): void {
  app.openapi(
    createRoute({
      ...guard({ scope: 'webhooks' }),
      method: 'get',
      path: '/v1/deliveries/jobs/{id}',
      operationId: 'getDelivery',
      tags,
      summary: 'One delivery',
      request: { params },
      responses: { 200: json(Delivery, 'The delivery.'), ...failureResponses(404) },
    }),
    async (c) => c.json(deliveryView(await ownDelivery(c, parts, c.req.valid('param').id)), 200),
  )
}

function addResend({ app, parts, guard }: Routing): void {
  app.openapi(
    createRoute({
      ...guard({ scope: 'webhooks' }),
      method: 'post',
      path: '/v1/deliveries/jobs/{id}/resend',
      operationId: 'resendDelivery',
      tags,
      summary: 'Send it again',
      description:
        'At once, and with as many attempts as a new one: what is done or dead, and what waits for its next try.',
      request: { params },
      responses: { 202: json(Delivery, 'It will be sent.'), ...failureResponses(404, 409) },
    }),
    async (c) => {
      const { id } = await ownDelivery(c, parts, c.req.valid('param').id)
      if (!(await parts.records.jobs.resend(id, parts.now())))
        throw new Failure('conflict', 'It is being sent just now.')
      parts.hooks.poke()
      return c.json(deliveryView(await ownDelivery(c, parts, id)), 202)
    },
  )
}
