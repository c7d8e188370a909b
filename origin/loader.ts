/** What is known of a source before its bytes are needed. */
export interface Source {
  /**
   * Changes whenever the bytes do, and is shared by no other bytes of any loader (a digest; or the file's path, inode,
   * size and times). Results are kept under it, so an old picture is never served for a new source.
   */
  readonly version: string
  /** Seconds the source may be taken as unchanged from now; what the source's own server said (RFC 9111 4.2). */
  readonly freshSeconds: number
  /** RFC 1123 date, when the source tells one. */
  readonly lastModified?: string
  /** Forbids shared caches to keep anything made from it (Cache-Control: private or no-store). */
  readonly isPrivate: boolean
  /** The media type that whoever stored the source gave it: for its download, never to tell what it is. */
  readonly declaredType?: string
  /**
   * The whole source, at most `maxBytes` of it; shared memory, so that workers read it without a copy.
   * Undefined when the source is no longer this version: load it again.
   */
  read(signal: AbortSignal): Promise<Uint8Array | undefined>
}

/**
 * Finds a source picture by its path below the source's name (decoded, no leading slash).
 * Fails with 'source-missing', 'source-too-large', 'source-failed', 'source-late' or 'forbidden-address'.
 */
export interface Loader {
  load(path: string, signal: AbortSignal): Promise<Source>
}
