// What happened to a file, and how a webhook tells of it.
import type { FileRecord, HookRecord } from '../../../records/index.ts'
import type { OutgoingWebhook } from '../hooks/hooks.ts'

export type FileEventName = 'file.uploaded' | 'file.stored' | 'file.deleted' | 'file.info_updated'

export interface FileEvent {
  readonly event: FileEventName
  readonly file: FileRecord
  /** The file before the change, where there was one. */
  readonly before?: FileRecord
  /** True where nobody asked for it: an unstored file was removed when its day was over. */
  readonly isBySystem?: boolean
}

/** Where clients reach what is not answered here itself; without a slash at the end. */
export interface PublicBases {
  /** The API, its results and groups. */
  readonly api: string
  /** Pictures: the edges. */
  readonly pictures: string
}

/** One event for one webhook that asked for it. */
export interface FileEventDelivery {
  readonly hook: HookRecord
  readonly fileEvent: FileEvent
  readonly bases: PublicBases
  /** The project's first key that is not revoked; '' where there is none. */
  readonly publicKey: string
}

/** Writes a delivery in the words of an API, signed as that API signs. Pure. */
export type FileEventTranslator = (
  delivery: FileEventDelivery,
) => Pick<OutgoingWebhook, 'body' | 'headers' | 'secret'>
