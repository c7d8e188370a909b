// The headers that let a page of any origin use public answers: pictures, results, the API's description.
import type { Headers } from '../tier.ts'

export const readingMethods = 'GET, HEAD, OPTIONS'

/** Shown, embedded, read with all its headers, and timed. */
export const forAnyOrigin: Headers = {
  'access-control-allow-origin': '*',
  'access-control-expose-headers': '*',
  'cross-origin-resource-policy': 'cross-origin',
  'timing-allow-origin': '*',
}

/**
 * Beside those, in the answer to OPTIONS: what may be asked (RFC 9110 9.3.7), and the same for a preflight (Fetch
 * standard, CORS protocol). A day: longer than any browser keeps it.
 */
export const preflight: Headers = {
  allow: readingMethods,
  'access-control-allow-methods': readingMethods,
  'access-control-allow-headers': '*',
  'access-control-max-age': '86400',
}
