// What a webhook of the native API says: the same document that the status of the promise shows.
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
