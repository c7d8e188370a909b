// The seam of all storages: our own folder, or a bucket of S3, Azure or Swift, ours or a customer's.
//
// Failures are thrown as `Failure`; a missing file is `undefined`, not a failure. A body that is handed in is always
// consumed or destroyed, so that a refused put leaves no stream open.
import type { Readable } from 'node:stream'

export type StorageBody = Readable | Uint8Array

export interface PutOptions {
  /** The media type the file is served with. */
  readonly type: string
  /** Bytes of the body, when known: a body of another length is refused, and fewer requests are needed. */
  readonly length?: number
  /** The SHA-256 of the body, in hex. A body with another digest is refused, and nothing is kept. */
  readonly sha256?: string
  /** Never replaces: `put` gives undefined when the key is taken. */
  readonly ifAbsent?: boolean
  /** Names in lower case; values in printable ASCII, as all providers carry them. */
  readonly metadata?: Readonly<Record<string, string>>
  /** What a bucket's own web service should say: cache-control, content-disposition, content-encoding, ... */
  readonly headers?: Readonly<Record<string, string>>
  /** Only S3 knows it; asked of another bucket it is a failure, because a file may not be less private than meant. */
  readonly acl?: 'private' | 'public-read'
  readonly signal?: AbortSignal
}

export interface PutResult {
  readonly bytes: number
  /** Quoted, as in HTTP. Differs when the bytes differ; providers agree on no more than that. */
  readonly etag: string
}

export interface FileFacts extends PutResult {
  readonly type: string
  /** Content-Encoding, where the bucket says one. */
  readonly encoding?: string
  readonly metadata: Readonly<Record<string, string>>
  readonly modifiedAt: number
}

/** First and last byte, both included, as HTTP counts. */
export interface FileRange {
  readonly from: number
  readonly to?: number
}

export interface StoredFile extends FileFacts {
  /** Must be read to its end or destroyed. `bytes` is the whole file's size, also when only a range is in here. */
  readonly body: Readable
}

export interface GetOptions {
  readonly range?: FileRange
  readonly signal?: AbortSignal
}

export interface ListedFile {
  readonly key: string
  readonly bytes: number
  readonly modifiedAt: number
}

export interface ListPage {
  /** In the order of their keys. */
  readonly files: readonly ListedFile[]
  /** Handed to the next `list`; undefined on the last page. Not to be read: each provider has its own. */
  readonly after?: string
}

/** A large upload under way. Plain text values: a caller keeps it in its database until the parts are there. */
export interface Upload {
  readonly id: string
  readonly key: string
  readonly type: string
  readonly metadata: Readonly<Record<string, string>>
}

export type PutPartOptions = Pick<PutOptions, 'length' | 'sha256' | 'signal'>

/** Removal of folders whose names say when they may go. */
export interface Sweep {
  /** Below this folder, ending in '/'. */
  readonly under: string
  /** Folders go if they sort before this name, which may have several levels. */
  readonly before: string
  /** How long it may work until it gives up for this time. */
  readonly maxMs: number
  readonly signal?: AbortSignal | undefined
}

export interface SweepResult {
  /** False when there is more to do than was done. */
  readonly isDone: boolean
}

export interface Bucket {
  put(key: string, body: StorageBody, options: PutOptions): Promise<PutResult | undefined>
  get(key: string, options?: GetOptions): Promise<StoredFile | undefined>
  stat(key: string): Promise<FileFacts | undefined>
  /** What is not there is no fault. */
  delete(keys: readonly string[]): Promise<void>
  list(prefix: string, after?: string): Promise<ListPage>
  /** False when there is nothing to copy. */
  copy(from: string, to: string): Promise<boolean>

  startParts(key: string, options: Pick<PutOptions, 'type' | 'metadata'>): Promise<Upload>
  /** Parts are numbered from 1, come in any order, and a part that is sent again replaces the earlier. */
  putPart(upload: Upload, number: number, body: StorageBody, options?: PutPartOptions): Promise<void>
  /** The numbers of the parts received so far, in order. */
  listParts(upload: Upload): Promise<readonly number[]>
  /**
   * Fails with 'bad-option', and leaves the parts, when one of 1 to `count` is missing or they have together another
   * number of bytes than `bytes`. May be asked again after a crash.
   */
  finishParts(upload: Upload, count: number, bytes?: number): Promise<PutResult>
  abortParts(upload: Upload): Promise<void>

  /** An address at which anybody can read the file until then. Absent where there is no web service. */
  link?(key: string, untilMs: number): Promise<string>
  /** Absent where listing and deleting is all there is. */
  sweep?(sweep: Sweep): Promise<SweepResult>
  close(): Promise<void>
}
