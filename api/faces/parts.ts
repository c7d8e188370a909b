// What every face of the API works with.
import type { HttpBindings } from '@hono/node-server'
import type { RuleTable } from '../../limits/rules.ts'
import type { Log } from '../../log.ts'
import type { Order } from '../../purging/index.ts'
import type { KeyRecord, Records } from '../../records/index.ts'
import type { Bucket } from '../../storage/index.ts'
import type { Intake } from '../intake/intake.ts'
import type { Accounts, Hold } from '../services/accounts/accounts.ts'
import type { Hooks } from '../services/hooks/hooks.ts'
import type { Optimising } from '../services/optimising/optimising.ts'
import type { Uploads } from '../services/uploads/uploads.ts'
import type { PublicUrls } from './request.ts'

export interface ApiLimits {
  /** Of a picture to be optimised, in bytes. */
  readonly optimiseBytes: number
  /** Of a direct upload, in bytes. */
  readonly uploadBytes: number
  /** Of an upload in parts, in bytes. */
  readonly multipartBytes: number
  /** Of a JSON body, in bytes. */
  readonly jsonBytes: number
}

/** Addresses under which uploads are shown, signed where their source asks for it. */
export interface DeliveryAddresses {
  /** Returns when the address expires, in Unix seconds. Throws 'bad-signature' or 'expired' for what may not be shown. */
  admit(target: string): number | undefined
  /** A file's path, signed where needed, as an address that is valid until `expires` (Unix seconds). */
  address(path: string, expires: number | undefined): string
}

export interface ApiParts extends PublicUrls {
  readonly records: Records
  readonly bucket: Bucket
  readonly accounts: Accounts
  readonly intake: Intake
  readonly optimising: Optimising
  readonly uploads: Uploads
  readonly hooks: Hooks
  readonly delivery: DeliveryAddresses
  readonly limits: ApiLimits
  readonly purge: Order
  readonly rateLimits: RateLimits
  readonly version: string
  readonly log: Log
  readonly now: () => number
}

/** How many calls a key may make. */
export interface RateLimits {
  readonly table: RuleTable
  /**
   * Counts a call of a key whose secret or signature was right, once however often it is asked, and tells the client
   * where it stands. Fails with 'rate-limited'.
   */
  take(key: KeyRecord, call: HttpBindings): Promise<void>
}

/** Who was let in, and what the call holds of the key's quota until it is counted or given back. */
export interface Admission {
  readonly key: KeyRecord
  readonly hold: Hold
}

/** Faces are Hono apps on node-server: a body is read from `c.env.incoming`, as a stream. */
export interface ApiEnv {
  Bindings: HttpBindings
}
