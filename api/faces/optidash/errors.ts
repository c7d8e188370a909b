// The one table from a failure's kind to Optidash's statuses (reference, section 4): its texts are free, so they are ours.
import { asFailure, type FailureKind } from '../../../errors.ts'
import { problemAnswer, statusOf } from '../../../problem.ts'

/** Where Optidash's differ from ours: what is wrong with the JSON or the picture's address is "Unprocessable" to it. */
const statuses: Partial<Readonly<Record<FailureKind, number>>> = {
  'bad-option': 422,
  'bad-address': 422,
  'forbidden-address': 422,
  'source-missing': 422,
}

export const statusFor = (kind: string): number =>
  statuses[kind as FailureKind] ?? statusOf(kind as FailureKind)

export function errorOf(thrown: unknown) {
  const { kind, message } = asFailure(thrown)
  const retryAfter = problemAnswer(thrown).headers['retry-after']
  const headers: Record<string, string> = {
    ...(retryAfter !== undefined && { 'retry-after': retryAfter }),
    // RFC 9110 15.5.2: a 401 says how to ask.
    ...(kind === 'bad-credentials' && { 'www-authenticate': 'Bearer realm="Optidash"' }),
  }
  return { status: statusFor(kind), message, headers }
}
