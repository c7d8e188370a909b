// Webhooks: promised in the transaction of what they tell of, delivered at least once by workers of their own.
import type { JsonObject, Tables } from '../../../records/index.ts'

export interface OutgoingWebhook {
  readonly project: string
  readonly event: string
  readonly url: string
  readonly body: JsonObject
  /** Signs each attempt as `halftone-signature: t=<seconds>,v1=<hex>`. */
  readonly secret?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly delayMs?: number
  /** Of the job, where an answer has named it already. */
  readonly id?: string
}

export interface Hooks {
  /** Within the transaction `t`. Fails with 'forbidden-address' or 'bad-address' for a URL that is wrong by its text. */
  promise(t: Tables, webhook: OutgoingWebhook): Promise<string>
  /** Throws as `promise` would, and for a port of another service: asked while a request is read, before work is done. */
  check(url: string): void
  /** The same for an address that is to be kept and listed, which may have no user and password. */
  checkKept(url: string): void
  /** Whether `promise` takes it: what may be reached can have changed since it was subscribed. */
  mayReach(url: string): boolean
  /** After the transaction: look at once. */
  poke(): void
  stop(): Promise<void>
}
