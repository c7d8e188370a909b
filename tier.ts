// The one shape of edge, shield and origin: a function from an ask to an answer, given its upstream.
//
// It is deliberately not Request -> Response. Below the edge every picture is whole (it carries a length, a checksum
// and a strong ETag), many waiters share one body, and building the two web objects for each hop costs more than the
// hop itself. A plain record and a Buffer cross function calls and sockets alike, are never consumed by reading, and
// can be handed to fifty waiters without a copy.

/** Header names in lower case; a value is sent as it stands. */
export type Headers = Readonly<Record<string, string>>

/** What one tier asks of the next. Everything that crosses a tier is in the path and the headers. */
export interface Ask {
  /** The canonical path with its query: the cache key everywhere. Always begins with '/'. */
  readonly path: string
  /** Only what HTTP itself says between caches: if-none-match, priority (RFC 9218), request id. Never `Accept`. */
  readonly headers: Headers
  /** Aborted when nobody waits for the answer any more. */
  readonly signal: AbortSignal
}

export interface Answer {
  readonly status: number
  readonly headers: Headers
  /** Whole, never written to: many readers may hold it at once. Empty for 304. */
  readonly body: Buffer
}

/** A tier never rejects: its failures leave as problem answers, so a neighbour process and a function fail alike. */
export type Tier = (ask: Ask) => Promise<Answer>

export const emptyBody: Buffer = Buffer.alloc(0)
