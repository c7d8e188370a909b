// Who asks, and what they may: API keys with scopes and quotas.
import type { Counts, JsonObject, KeyRecord } from '../../../records/index.ts'

/** What a key may do. '*' in a key's scopes is all of them. */
export const scopes = ['optimise', 'upload', 'files', 'webhooks', 'usage', 'keys', 'purge'] as const
export type Scope = (typeof scopes)[number]

export interface SignedText {
  readonly algorithm: 'sha1' | 'sha256'
  readonly text: string
  /** Lower-case hex. */
  readonly signature: string
}

/** All fail with 'bad-credentials' for a key that is unknown, revoked, wrong, or the demo's beyond loopback. */
export interface Accounts {
  bySecret(id: string, secret: string): Promise<KeyRecord>
  /** "<id>.<secret>": for clients that send one word. */
  byToken(token: string): Promise<KeyRecord>
  /** By its public half alone: for uploads that need no secret. */
  byPublicKey(id: string): Promise<KeyRecord>
  /** HMAC with the key's secret, compared in constant time. */
  isSigned(key: KeyRecord, signed: SignedText): Promise<boolean>
  /** Whether uploads by the public key must be signed. */
  requiresSignature(key: KeyRecord): boolean
  /** Fails with 'not-allowed'. */
  require(key: KeyRecord, scope: Scope): void
  /** Fails with 'over-quota' when the key has used up its calls or bytes: for what is not counted itself. */
  admit(key: KeyRecord): Promise<void>
  /**
   * One call of so many bytes, as far as they are known, before its work begins: what is used and what other calls
   * hold is heeded, in all processes. Fails with 'over-quota'.
   */
  reserve(key: KeyRecord, bytes?: number): Promise<Hold>
  /** Bytes that are neither used nor held. */
  left(key: KeyRecord): Promise<number>
  /** Calls and bytes of this month, and what is allowed (undefined: no limit). */
  standing(key: KeyRecord): Promise<{ readonly used: Counts; readonly quotas: Quotas }>
  /** A key with a secret of its own, which is told this once. Scopes are checked: 'bad-option'. */
  create(key: NewAccountKey): Promise<{ readonly key: KeyRecord; readonly secret: string }>
  /** The key that the start page shows; undefined beyond loopback. */
  demo(): Promise<{ readonly id: string; readonly secret: string } | undefined>
}

/** What a call holds of its key's quota until it is counted, or given back. */
export interface Hold {
  /** Under which it is counted (`usage.count`); undefined where the key has no quota, and nothing is held. */
  readonly id: string | undefined
  /** Bytes that the quota left to it when it began. */
  left(): number
  /** So many bytes from now on, in all. Fails with 'over-quota'. */
  take(bytes: number): Promise<void>
  /** To be called when the hold was counted as used: `release` then gives nothing back. */
  settle(): void
  /** Hands the hold over to work that outlives this call, for `forMs` at most: it counts or releases it by its id. */
  keep(forMs: number): Promise<void>
  /** Gives back what was neither counted nor kept; may be called again. */
  release(): Promise<void>
}

/** Per calendar month (UTC). */
export interface Quotas {
  readonly calls?: number
  readonly bytes?: number
}

export interface NewAccountKey {
  readonly project: string
  readonly user: string
  readonly name?: string
  /** Of `scopes`, or '*'. */
  readonly scopes: readonly string[]
  readonly quotas?: Quotas
  /** Of the limits; none where it is left out. */
  readonly plan?: string
  readonly settings?: Settings
}

/** What a project wishes, kept with its key. */
export interface Settings extends JsonObject {
  /** Uploads by the public key must carry a signature. */
  readonly signedUploads?: boolean
}
