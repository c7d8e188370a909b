// The one table from a failure's kind to Kraken's statuses and texts (reference, section 9).
import { asFailure, type FailureKind } from '../../../errors.ts'
import { problemAnswer, statusOf } from '../../../problem.ts'

export const notJson = 'Incoming request body does not contain a valid JSON object'

interface ErrorText {
  /** Where Kraken's differs from ours: what is wrong with the picture's address is a bad option to it. */
  readonly status?: number
  /** Kraken's own words, down to their misspellings: programs compare them. Ours where it has none. */
  readonly message?: string
}

const texts: Partial<Readonly<Record<FailureKind, ErrorText>>> = {
  'bad-option': { status: 422 },
  'bad-address': { status: 422 },
  'forbidden-address': { status: 422 },
  'source-missing': { status: 422 },
  'bad-credentials': { message: 'Unnknown API Key. Please check your API key and try again' },
  'source-unsupported': { message: 'File type not supported' },
  internal: { message: 'Kraken has encountered an unexpected error and cannot fulfill your request' },
}

const textOf = (kind: string): ErrorText => texts[kind as FailureKind] ?? {}

export interface KrakenError {
  readonly success: false
  readonly message: string
}

/** In Kraken's words where it has some, else in ours. `maxBytes` is of a picture. */
export function refusalOf(kind: string, message: string, maxBytes?: number): KrakenError {
  const isFile = kind === 'source-too-large' && maxBytes !== undefined && /\bbytes\b/.test(message)
  return { success: false, message: isFile ? tooLarge(maxBytes) : (textOf(kind).message ?? message) }
}

const tooLarge = (bytes: number): string =>
  `File size too large. The maximum file size is ${bytes} bytes (${Math.round(bytes / 2 ** 20)} MB)`

export function errorOf(thrown: unknown, maxBytes: number) {
  const { kind, message } = asFailure(thrown)
  const retryAfter = problemAnswer(thrown).headers['retry-after']
  return {
    status: textOf(kind).status ?? statusOf(kind),
    headers: {
      ...(retryAfter === undefined ? {} : { 'retry-after': retryAfter }),
      // RFC 9110 15.5.6: a 405 says which method it would have been.
      ...(kind === 'bad-method' ? { allow: 'POST' } : {}),
    },
    body: refusalOf(kind, message, maxBytes),
  }
}
