// Who asks, and what they may: API keys with scopes and quotas.
import type { Counts, JsonObject, KeyRecord } from '../../records/index.ts'

/** What a key may do. '*' in a key's scopes is all of them. */
export const scopes = ['optimise', 'upload', 'files', 'webhooks', 'usage', 'keys'] as const
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
  /** Fails with 'over-quota' when the project's key has used up its calls or bytes; asked before work begins. */
  admit(key: KeyRecord): Promise<void>
  /** Calls and bytes of this month, and what is allowed (undefined: no limit). */
  standing(key: KeyRecord): Promise<{ readonly used: Counts; readonly quotas: Quotas }>
  /** A key with a secret of its own, which is told this once. Scopes are checked: 'bad-option'. */
  create(key: Wanted): Promise<{ readonly key: KeyRecord; readonly secret: string }>
  /** The key that the start page shows; undefined beyond loopback. */
  demo(): Promise<{ readonly id: string; readonly secret: string } | undefined>
}

/** Per calendar month (UTC). */
export interface Quotas {
  readonly calls?: number
  readonly bytes?: number
}

export interface Wanted {
  readonly project: string
  readonly user: string
  readonly name?: string
  /** Of `scopes`, or '*'. */
  readonly scopes: readonly string[]
  readonly quotas?: Quotas
  readonly settings?: Settings
}

/** What a project wishes, kept with its key. */
export interface Settings extends JsonObject {
  /** Uploads by the public key must carry a signature. */
  readonly signedUploads?: boolean
}
