// What webhooks tell: what happened to which file.
import type { FileRecord, HookRecord } from '../../../records/index.ts'

export type FileEvent = 'file.uploaded' | 'file.stored' | 'file.deleted' | 'file.info_updated'

export interface Told {
  readonly event: FileEvent
  readonly file: FileRecord
  /** Before the change, where there was one. */
  readonly before?: FileRecord
  /** Nobody asked for it: the end of an unstored file's day. */
  readonly isBySystem?: boolean
}

export interface Delivery {
  readonly hook: HookRecord
  readonly told: Told
  readonly base: string
  /** Of the project. */
  readonly publicKey: string
}
