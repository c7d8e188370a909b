// How bytes come in: a body, a part of a form, or a download, each into a file of the spool, so that nothing that a
// stranger sends slowly holds a worker or memory. Identified on the first bytes, refused as early as can be.
import type { IncomingHttpHeaders } from 'node:http'
import type { Readable } from 'node:stream'
import type { Identification } from '../../transforms/optimise/identification.ts'

/** A file of the spool, complete. Whoever holds it discards it. */
export interface Received {
  readonly file: string
  readonly bytes: number
  /** Of all bytes, in hex. */
  readonly sha1: string
  readonly sha256: string
  /** One path segment, safe in a header and a file system; 'file' where the client said nothing usable. */
  readonly name: string
  /** What the bytes say; else what the client said, when that names no type a browser would run; else application/octet-stream. */
  readonly type: string
  /** Null when it is no picture that we know. */
  readonly identification: Identification | null
  /** Removes the file; may be called twice. */
  discard(): Promise<void>
}

export interface ReceiveOptions {
  /** What the client calls it. */
  readonly name?: string | undefined
  readonly type?: string | undefined
  /** From Content-Length, to refuse before a byte is read; undefined where that is not the file's own. */
  readonly length?: number | undefined
  /** Of the request that the body is of: it is unpacked by its Content-Encoding, and held to its digests. */
  readonly headers?: IncomingHttpHeaders
  readonly maxBytes: number
  /** What is left of a quota, in bytes: asked as they come, because some forms say late who sends them. */
  readonly within?: () => number | Promise<number>
  /** Refuse what is no picture ('source-unsupported') as soon as the first bytes say so. */
  readonly onlyPictures?: boolean
  /** Told once, while the rest still arrives; null when the first bytes name no picture we know. */
  readonly onIdentified?: (identification: Identification | null) => void
  readonly signal?: AbortSignal
}

export interface FormOptions extends Pick<ReceiveOptions, 'maxBytes' | 'within' | 'onlyPictures' | 'signal'> {
  /** Told of each field as it comes, before the files behind it. */
  readonly onField?: (name: string, value: string) => void
  readonly maxFiles?: number
  readonly maxFields?: number
  readonly maxFieldBytes?: number
}

export interface Form {
  /** In the order sent; a name may come several times. */
  readonly fields: readonly { readonly name: string; readonly value: string }[]
  readonly files: readonly { readonly field: string; readonly received: Received }[]
  /** The first field of that name. */
  field(name: string): string | undefined
  discard(): Promise<void>
}

export interface FetchOptions {
  /** Sent with the request; the guard's own rules about host and address stay. */
  readonly headers?: Readonly<Record<string, string>>
  readonly maxBytes: number
  readonly within?: () => number | Promise<number>
  readonly onlyPictures?: boolean
  readonly name?: string | undefined
  readonly progress?: (done: number, total: number | undefined) => void
  readonly signal?: AbortSignal
}

/**
 * Fails with 'source-too-large', 'over-quota' beyond `within`, 'source-unsupported', 'body-unsupported' for a Content-Encoding that is not known,
 * 'stalled' when nothing comes for too long, 'bad-body' for a
 * body or form that breaks off or cannot be read, 'busy' when the spool is full, 'abandoned' when its signal aborts,
 * and where only pictures are wanted with 'source-broken' and 'too-costly' for one that cannot be used; a download with
 * 'forbidden-address', 'source-missing', 'source-failed', 'source-late' and 'bad-address' as well, and with 'bad-option' for a
 * header that may not be sent.
 */
export interface Intake {
  receive(body: Readable, options: ReceiveOptions): Promise<Received>
  /** multipart/form-data, parts in any order. */
  form(
    request: { readonly headers: IncomingHttpHeaders; readonly body: Readable },
    options: FormOptions,
  ): Promise<Form>
  /** Through the guard, redirects included. */
  fetch(url: string, options: FetchOptions): Promise<Received>
  /** Removes what a process that died left in the spool; nothing is received while it runs. */
  sweep(): Promise<void>
  close(): Promise<void>
}
