// What a provider's client throws, as our failures: the kind from status and code, and a cause without any secret.
import { Failure } from '../errors.ts'
import { outOfRange } from './range.ts'
import { abandoned, isAbort } from './verified-body.ts'

/** What the clients' errors have in common, as far as they have it. */
interface Thrown {
  readonly name?: string
  readonly code?: string
  readonly message?: string
  readonly statusCode?: number
  readonly status?: number
  readonly $metadata?: { readonly httpStatusCode?: number; readonly requestId?: string }
  readonly cause?: unknown
}

export function statusIn(thrown: unknown): number | undefined {
  const { statusCode, status, $metadata } = (thrown ?? {}) as Thrown
  return $metadata?.httpStatusCode ?? statusCode ?? status
}

export function storageFailure(thrown: unknown, secrets: readonly string[] = []): Failure {
  const ours = failureIn(thrown)
  if (ours) return ours
  const cause = withoutSecrets(thrown, secrets)
  if (isAbort(thrown)) return abandoned(cause)
  if (isLate(thrown)) return new Failure('upstream-late', 'The storage did not answer in time.', { cause })
  const status = statusIn(thrown)
  if (status === 416) return outOfRange()
  if (status === 429 || status === 503)
    return new Failure('busy', 'The storage is busy.', { cause, retryAfterSeconds: 5 })
  if (status === 401 || status === 403)
    return new Failure('upstream-failed', 'The storage refused our credentials.', { cause })
  if (status === 404) return new Failure('upstream-failed', 'There is no such bucket.', { cause })
  return new Failure('upstream-failed', 'The storage failed.', { cause })
}

/** Clients wrap what the guard or a caller's body said; it is the reason all the same. */
function failureIn(thrown: unknown): Failure | undefined {
  for (let at = thrown, depth = 0; at instanceof Error && depth < 5; at = at.cause, depth++)
    if (at instanceof Failure) return at
  return undefined
}

const isLate = (thrown: unknown): boolean =>
  /TIMEOUT|ETIMEDOUT/i.test((thrown as Thrown)?.code ?? '') || (thrown as Thrown)?.name === 'TimeoutError'

/** Clients hang requests with their headers and signed addresses on their errors: only words and numbers are kept. */
function withoutSecrets(thrown: unknown, secrets: readonly string[]): Error {
  const { name = 'Error', code, message = '', $metadata } = (thrown ?? {}) as Thrown
  const said = secrets
    .filter((secret) => secret !== '')
    .reduce((text, secret) => text.replaceAll(secret, '…'), message)
    .replaceAll(/\?[^\s"'<>]*/g, '?…')
  const facts = { code, status: statusIn(thrown), requestId: $metadata?.requestId }
  return Object.assign(new Error(`${name}: ${said.slice(0, 500)}`), facts)
}
