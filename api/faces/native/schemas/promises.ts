// What was promised: the answer, its state, and the events of a call that is watched.
import { z } from '@hono/zod-openapi'
import type { PromiseStatus } from '../../../services/optimising/optimising.ts'
import { resultView } from '../views.ts'
import { failureView, ShortProblem } from './failures.ts'
import { Identification, OptimizeResult } from './reports.ts'
import { orNull, time, timeText } from './scalars.ts'

export const Promised = z
  .object({
    id: z.string(),
    status_url: z.string().openapi({ example: 'https://img.example/v1/optimize/…' }),
  })
  .openapi('Promised')

export const PromiseState = z
  .object({
    id: z.string(),
    state: z.enum(['waiting', 'running', 'done', 'failed']),
    created: time(),
    results: z.array(OptimizeResult).openapi({ description: 'Empty until it is done.' }),
    problem: orNull(ShortProblem),
  })
  .openapi('PromiseState')

export const promiseView = (status: PromiseStatus): z.output<typeof PromiseState> => ({
  id: status.id,
  state: status.state,
  created: timeText(status.created),
  results: (status.outcomes ?? []).map(resultView),
  problem: status.failure ? failureView(status.failure) : null,
})

/** The body of the webhook. */
export const OptimizeWebhook = z
  .object({
    event: z.enum(['optimise.done', 'optimise.failed']),
    id: z.string(),
    reference: z.string().nullable(),
    results: z.array(OptimizeResult),
    problem: orNull(ShortProblem),
  })
  .openapi('OptimizeWebhook')

/** One line of `application/x-ndjson`. */
export const OptimizeEvent = z
  .discriminatedUnion('event', [
    z.object({
      event: z.literal('identified'),
      picture: orNull(Identification).openapi({ description: 'Null when the first bytes do not say.' }),
    }),
    z.object({
      event: z.literal('received'),
      name: z.string(),
      bytes: z.int(),
      sha1: z.string(),
    }),
    z.object({ event: z.literal('optimising') }),
    z.object({ event: z.literal('done'), results: z.array(OptimizeResult) }),
    z.object({ event: z.literal('failed'), problem: ShortProblem }),
  ])
  .openapi('OptimizeEvent')
export type OptimizeEvent = z.output<typeof OptimizeEvent>
