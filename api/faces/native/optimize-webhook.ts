// The body of the webhook of a promise: the same document as its status.
import type { WebhookTranslator } from '../../services/optimising/optimising.ts'
import { failureView } from './schemas/failures.ts'
import { resultView } from './views.ts'

export const nativeWebhook: WebhookTranslator = ({ id, context, outcomes = [], failure }) => ({
  event: failure ? 'optimise.failed' : 'optimise.done',
  id,
  reference: context.reference ?? null,
  // Plain JSON by its schema.
  results: JSON.parse(JSON.stringify(outcomes.map(resultView))),
  problem: failure ? failureView(failure) : null,
})
