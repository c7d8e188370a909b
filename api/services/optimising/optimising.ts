// The optimise service that all faces stand on: one source, up to ten wishes, results kept for a while, and a row each.
import type { Figures } from '../../../processing/processing.ts'
import type { JsonObject, KeyRecord } from '../../../records/index.ts'
import type { OptimiseRequest } from '../../../transforms/optimise/request.ts'
import type { Received } from '../../intake/intake.ts'
import type { Hold } from '../accounts/accounts.ts'

/** One result that is wanted of a source. Plain JSON: it waits in the queue as it is. */
export interface Wish {
  /** Names the result among those of one call. */
  readonly id?: string
  /** Before it is optimised, in the options of the URL language; '' for nothing. */
  readonly edit: string
  readonly optimise: OptimiseRequest
  /** File name of the result; by default the source's, with the extension of the result's format. */
  readonly name?: string
  /** A bucket of the customer's in which the result is put besides. */
  readonly target?: CustomerBucket
}

/** A customer's bucket; reached through the guard. */
export type CustomerBucket =
  | ({
      readonly kind: 's3'
      readonly bucket: string
      readonly region: string
      readonly accessKeyId: string
      readonly secretAccessKey: string
      readonly endpoint?: string
      readonly acl?: 'private' | 'public-read'
      readonly tags?: Readonly<Record<string, string>>
    } & Placement)
  | ({
      readonly kind: 'azure'
      readonly account: string
      readonly key: string
      readonly container: string
    } & Placement)
  | ({
      readonly kind: 'swift'
      readonly user: string
      readonly key: string
      readonly container: string
      readonly region?: string
    } & Placement)

export interface Placement {
  /** Key of the object, without a leading slash; by default the result's name. */
  readonly path?: string
  readonly metadata?: Readonly<Record<string, string>>
  readonly headers?: Readonly<Record<string, string>>
}

/** A file that was received (the service discards it), or an address to be fetched. */
export type OptimiseSource =
  | { readonly received: Received }
  | { readonly url: string; readonly headers?: Readonly<Record<string, string>> }

export interface Call {
  readonly key: KeyRecord
  /** What it holds of the key's quota: the picture's bytes are taken here, and it is counted or kept. */
  readonly hold?: Hold
  /** One to ten. */
  readonly wishes: readonly Wish[]
  /** How long results live: an hour for the API, twelve for the page, by default. */
  readonly retention: 'api' | 'page'
  /** Where this server is reached, without a slash at the end: results' addresses begin with it. */
  readonly base: string
}

export interface Outcome {
  /** Of the result's record: what `find` gives and usage counts. */
  readonly id: string
  /** The wish's own id. */
  readonly wish?: string
  readonly name: string
  /** Where the result can be fetched until `expires`; the customer's bucket when there was a target. */
  readonly url: string
  readonly figures: Figures
  /** Of the source's and of the result's bytes, in hex. */
  readonly sourceSha1: string
  readonly sha1: string
  readonly sourceName: string
  /** Milliseconds since 1970. */
  readonly expires: number
}

export interface OptimisedResult extends Outcome {
  readonly body: Buffer
}

/** Which face writes the webhook's body: the names of `Tellers`. */
export type Face = 'native' | 'kraken' | 'optidash'

export interface PromiseOptions {
  readonly face: Face
  readonly url: string
  /** Signs the webhook (`halftone-signature`) where given. */
  readonly secret?: string
  /** Before the webhook is sent, milliseconds. */
  readonly delayMs?: number
  /** The face's own, handed back to its teller. */
  readonly context?: JsonObject
}

export interface PromiseReport {
  /** What the promise was answered with. */
  readonly id: string
  readonly context: JsonObject
  /** Or the failure, in words that may be shown. */
  readonly outcomes?: readonly Outcome[]
  readonly failure?: { readonly kind: string; readonly status: number; readonly message: string }
}

/** Writes the body of the webhook. Pure. */
export type WebhookTranslator = (told: PromiseReport) => JsonObject
export type WebhookTranslators = Readonly<Record<Face, WebhookTranslator>>

export interface Optimising {
  /** In the order of the wishes. Fails as a whole: a set is all or nothing. */
  optimise(call: Call, source: OptimiseSource, signal: AbortSignal): Promise<readonly OptimisedResult[]>
  /**
   * Returns its id when the source and the promise of a webhook are on the disk: neither is lost after that. The
   * webhook tells of failures too.
   */
  promise(call: Call, source: OptimiseSource, promised: PromiseOptions): Promise<string>
  /** How far a promise is; undefined for another project's. */
  status(project: string, id: string): Promise<PromiseStatus | undefined>
}

export interface PromiseStatus {
  readonly id: string
  readonly state: 'waiting' | 'running' | 'done' | 'failed'
  readonly created: number
  readonly outcomes?: readonly Outcome[]
  readonly failure?: { readonly kind: string; readonly status: number; readonly message: string }
}
