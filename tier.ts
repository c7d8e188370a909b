// The one shape of edge, shield and origin: a function from an ask to an answer, given its upstream.
//
// It is deliberately not Request -> Response. Below the edge every picture is whole (it carries a length, a checksum
// and a strong ETag), many waiters share one body, and building the two web objects for each hop costs more than the
// hop itself. A plain record and a Buffer cross function calls and sockets alike, are never consumed by reading, and
// can be handed to fifty waiters without a copy. An original may be too large to hold: its body is a file (FileBody).
import type { Readable } from 'node:stream'

/**
 * Header names in lower case; a value is sent as it stands. A field that came in several lines is one value here, joined
 * by ", ", which means the same (RFC 9110 5.3). Set-Cookie is the one field that must not be joined, and it has a place
 * of its own in Answer: so every other value is a string for its many readers, and the hit path looks for no lists.
 */
export type Headers = Readonly<Record<string, string>>

/** What one tier asks of the next: a picture, or what is to be read at an address of a site. It never has a body. */
export interface Ask {
  /**
   * GET where it is not given, as for every picture. Other methods change something or have a body: no tier stores their
   * answers, so whoever proxies a site passes them on by itself.
   */
  readonly method?: 'GET' | 'HEAD'
  /** The site that is asked: a host name in lower case, with its port if it has one. A picture has none. */
  readonly host?: string
  /** Of a picture the canonical path with its query: its cache key everywhere. Always begins with '/'. */
  readonly path: string
  /**
   * Of an ask for a picture only what HTTP itself says between caches: if-none-match, priority (RFC 9218), request id, traceparent.
   * Never `Accept`. Of an ask to a site every header that is meant for its server.
   */
  readonly headers: Headers
  /** Aborted when nobody waits for the answer any more. */
  readonly signal: AbortSignal
}

export interface Answer {
  readonly status: number
  readonly headers: Headers
  /** The values of Set-Cookie, one for each line. A picture has none. */
  readonly setCookie?: readonly string[]
  readonly body: Body
}

/** A Buffer is whole and never written to: many readers may hold it at once. It is empty for 304. */
export type Body = Buffer | FileBody

/** An answer in memory, as every picture is. A cache keeps no other. */
export interface HeldAnswer extends Answer {
  readonly body: Buffer
}

/** Bytes too many to hold in memory. They stay where they lie, and every reader opens the part that it needs. */
export interface FileBody {
  /** Bytes of the whole. */
  readonly length: number
  /**
   * The bytes from `start` to `end`, both included. Rejects with a Failure where they cannot be read. A stream that
   * breaks off is destroyed with an error, so that a short answer never looks whole.
   */
  open(range: ByteRange, signal: AbortSignal): Promise<Readable>
}

/** First and last byte, both included, as in Content-Range (RFC 9110 14.4). */
export interface ByteRange {
  readonly start: number
  readonly end: number
}

export const isHeld = (answer: Answer): answer is HeldAnswer => Buffer.isBuffer(answer.body)

/** An answer that cannot be a file: a problem, a document, a source that was read whole. Throws a TypeError for a file. */
export function requireHeld(answer: Answer): HeldAnswer {
  if (isHeld(answer)) return answer
  throw new TypeError('an answer in memory was expected, not a file')
}

/** A tier never rejects: its failures leave as problem answers, so a neighbour process and a function fail alike. */
export type Tier = (ask: Ask) => Promise<Answer>

export const emptyBody: Buffer = Buffer.alloc(0)
