// Files that are kept: uploaded whole, in parts or from an address; stored for good or gone after a day; in groups.
import type { IncomingHttpHeaders } from 'node:http'
import type { Readable } from 'node:stream'
import type { FileFilter, FileRecord, GroupRecord, TimePaged } from '../../../records/index.ts'
import type { FileRange, StoredFile } from '../../../storage/index.ts'
import type { Received } from '../../intake/intake.ts'
import type { Hold } from '../accounts/accounts.ts'

export interface UploadOptions {
  readonly project: string
  /** Who did it, for usage and webhooks: the key's id. */
  readonly keyId: string
  /** What it holds of the key's quota: the file's bytes are taken here, and it is counted or kept. */
  readonly hold?: Hold
  /** For good; false for one that is removed after a day. */
  readonly store: boolean
  /** At most 50 keys of 1 to 64 characters `\w-.:`, values of at most 512. Checked here: 'bad-option'. */
  readonly metadata?: Readonly<Record<string, string>>
  readonly tags?: readonly string[]
}

export interface MultipartUploadOptions extends UploadOptions {
  readonly name: string
  readonly type: string
  readonly bytes: number
  readonly partBytes: number
  /** Of the whole file, in hex: what the parts must be together. */
  readonly sha256?: string
}

export interface UrlUploadOptions extends UploadOptions {
  readonly url: string
  readonly name?: string
  /** Give the file that this project has had from the same URL, if it is still there. */
  readonly checkDuplicates?: boolean
  /** Remember it for `checkDuplicates`. */
  readonly saveDuplicates?: boolean
}

export interface PartOptions {
  /** As it was announced; refused where it is not the part's own. */
  readonly length?: number
  /** Of the request that the part is the body of: its length, its coding and its digests are heeded. */
  readonly headers?: IncomingHttpHeaders
  readonly signal?: AbortSignal
}

export interface MultipartProgress {
  readonly file: FileRecord
  /** 'assembled': its parts have become the file, and nobody was told; completing it says so. */
  readonly state: 'receiving' | 'assembled'
  readonly partBytes: number
  readonly parts: number
  readonly received: readonly number[]
}

export type DownloadProgress =
  | { readonly state: 'waiting' }
  | { readonly state: 'progress'; readonly done: number; readonly total?: number }
  | { readonly state: 'success'; readonly file: FileRecord }
  | { readonly state: 'error'; readonly failure: { readonly kind: string; readonly message: string } }

export interface DescriptionChange {
  readonly metadata?: Readonly<Record<string, string>>
  readonly tags?: readonly string[]
}

export interface Batch {
  readonly files: readonly FileRecord[]
  /** By id: why nothing was done to it. */
  readonly problems: Readonly<Record<string, 'missing' | 'invalid'>>
}

/** What is not this project's does not exist: undefined, or 'not-found'. */
export interface Uploads {
  /** On the disk, with its record and the webhooks that were promised, when it resolves. Discards what it was given. */
  add(received: Received, wanted: UploadOptions): Promise<FileRecord>

  /** The number of parts, all of `partBytes` but the last. */
  start(wanted: MultipartUploadOptions): Promise<{ readonly file: FileRecord; readonly parts: number }>
  /** Parts are numbered from 1, come in any order and may be sent again. */
  part(id: string, number: number, body: Readable, options: PartOptions): Promise<void>
  /** How far an upload is: the numbers of the parts that are on the disk. */
  multipartProgress(project: string, id: string): Promise<MultipartProgress>
  /**
   * Fails with 'bad-option' when parts are missing, of the wrong size, or not what `sha256` says; of the last nothing
   * stays. May be asked again, also when it broke off.
   */
  complete(project: string, id: string): Promise<FileRecord>
  /** Gives up parts that were sent; false when there is no such upload. */
  abort(project: string, id: string): Promise<boolean>

  /** A token for `progress`; the download survives a crash of this process. */
  fromUrl(wanted: UrlUploadOptions): Promise<{ readonly token: string } | { readonly file: FileRecord }>
  /** By the token, which nobody can guess; undefined when there is none, or none of the project where one is named. */
  progress(token: string, project?: string): Promise<DownloadProgress | undefined>

  /** One that is there or was removed: see its state. */
  get(project: string, id: string): Promise<FileRecord | undefined>
  find(filter: FileFilter): Promise<TimePaged<FileRecord>>
  totals(
    project: string,
  ): Promise<{ readonly stored: number; readonly unstored: number; readonly removed: number }>
  store(project: string, ids: readonly string[]): Promise<Batch>
  remove(project: string, ids: readonly string[]): Promise<Batch>
  /** Each replaces all of its kind. A function is given the file as it is, which nobody else changes meanwhile. */
  change(
    project: string,
    id: string,
    change: DescriptionChange | ((file: FileRecord) => DescriptionChange),
  ): Promise<FileRecord | undefined>
  copy(id: string, wanted: UploadOptions): Promise<FileRecord>
  /** The bytes; its body must be read or destroyed. */
  open(file: FileRecord, range?: FileRange): Promise<StoredFile | undefined>

  /** `effects` is the operations a member was named with. Fails with 'bad-option' naming a file that is not there. */
  addGroup(
    project: string,
    members: readonly { readonly id: string; readonly effects: string }[],
  ): Promise<GroupRecord>
  getGroup(project: string, id: string): Promise<GroupRecord | undefined>
  findGroups(
    filter: Pick<FileFilter, 'project' | 'limit' | 'order' | 'from' | 'after'>,
  ): Promise<TimePaged<GroupRecord>>
  countGroups(project: string): Promise<number>
  removeGroup(project: string, id: string): Promise<boolean>

  /** Takes no more downloads and waits for those that run. */
  stop(): Promise<void>
}
