import type { Subject } from '../purging/index.ts'
import type { FileBody, Headers } from '../tier.ts'
import type { Caching } from './caching.ts'

/** What is known of a source before its bytes are needed. */
export interface Source {
  /**
   * Changes whenever the bytes do, and is shared by no other bytes of any loader (a digest; or the file's path, inode,
   * size and times). Results are kept under it, so an old picture is never served for a new source.
   */
  readonly version: string
  /** How long it may be taken as unchanged: what the source's own server said (RFC 9111 4.2). */
  readonly caching: Caching
  /** RFC 1123 date, when the source tells one. */
  readonly lastModified?: string
  /** The media type given by the uploader of the source: used for its download only, never to tell its format. */
  readonly declaredType?: string
  /** Show a picture that is cut short as far as it goes. */
  readonly isLenient?: boolean
  /**
   * Where it lies, when any part of it can be read without the rest. May be longer than a source that `read` takes.
   * Opening it fails with 'source-failed' when the source is no longer this version.
   */
  readonly file?: FileBody
  /**
   * The whole source, never written to. Undefined when the source is no longer
   * this version: load it again. Fails with 'source-too-large' when it has more bytes than a picture may.
   */
  read(signal: AbortSignal): Promise<Uint8Array | undefined>
}

/** How a source is wanted, for loaders that keep what they have read. */
export interface Wish {
  /** What the ask says to caches: its Cache-Control (RFC 9111 5.2.1). */
  readonly headers?: Headers
  /** What the source is wanted for: when that is purged, a kept source is not used for it. */
  readonly about?: Subject
  /** Bytes read before this position of the log of purges are not used. */
  readonly since?: number
  /** The log's position when the ask came: the epoch of what is kept of it. */
  readonly epoch?: number
}

/**
 * Finds a source picture by its path below the source's name, as it was written: percent-encoded, or a whole address.
 * Fails with 'source-missing', 'source-refused', 'source-too-large' (where only the whole can be read), 'source-failed',
 * 'source-late' or 'forbidden-address'.
 */
export interface Loader {
  load(path: string, signal: AbortSignal, wish?: Wish): Promise<Source>
}
