// A failure that is told later: in a status, an event or a webhook.
import { z } from '@hono/zod-openapi'
import type { FailureKind } from '../../../../errors.ts'
import { statusOf } from '../../../../problem.ts'

export const ShortProblem = z
  .object({
    type: z.string().openapi({ example: 'urn:halftone:problem:source-broken' }),
    status: z.int().openapi({ example: 422 }),
    detail: z.string(),
  })
  .openapi('ShortProblem')

interface FailureText {
  readonly kind: string
  readonly message: string
  readonly status?: number
}

export const failureView = ({ kind, message, status }: FailureText): z.output<typeof ShortProblem> => ({
  type: `urn:halftone:problem:${kind}`,
  // Of the closed list, though it crossed a database as text.
  status: status ?? statusOf(kind as FailureKind) ?? 500,
  detail: message,
})
