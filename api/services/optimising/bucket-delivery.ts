// Puts a result into a customer's bucket, through the guard: its address is what a stranger wrote.
import type { Dispatcher } from 'undici'
import { asFailure, Failure } from '../../../errors.ts'
import { type Bucket, type BucketSettings, openBucket } from '../../../storage/index.ts'
import type { CustomerBucket } from './optimising.ts'
import { encodeKey } from './result-names.ts'

export interface BucketDeliveryOptions {
  readonly dispatcher: Dispatcher
  /** Servers of providers that are not their own, by kind. */
  readonly endpoints: Readonly<Partial<Record<CustomerBucket['kind'], string>>>
}

export interface BucketDelivery {
  readonly target: CustomerBucket
  readonly name: string
  readonly body: Uint8Array
  readonly type: string
  readonly signal: AbortSignal
}

/** Delivers, and tells the public address where the bucket has one. */
export type DeliverToBucket = (delivery: BucketDelivery) => Promise<string | undefined>

export function createBucketDelivery(options: BucketDeliveryOptions): DeliverToBucket {
  return async ({ target, name, body, type, signal }) => {
    const key = target.path ?? name
    const bucket = await openBucket(settingsOf(target, options))
    try {
      const { metadata, headers } = target
      await bucket.put(key, body, {
        type,
        length: body.length,
        signal,
        ...(metadata ? { metadata } : {}),
        ...(headers ? { headers } : {}),
        ...(target.kind === 's3' ? { acl: target.acl ?? 'public-read' } : {}),
      })
      return publicAddress(target, key, options)
    } catch (thrown) {
      throw deliveryFailure(thrown)
    } finally {
      await close(bucket)
    }
  }
}

/** The picture was made, but the customer's bucket failed: for the moment, or because what was said of it is wrong. */
function deliveryFailure(thrown: unknown): Failure {
  const failure = asFailure(thrown)
  const { kind, message, details } = failure
  if (kind === 'abandoned' || kind === 'forbidden-address') return failure
  const sentence = `The result could not be put into the bucket: ${message}`
  if (mayPass(failure)) return new Failure(kind, sentence, details)
  return new Failure('bad-option', sentence, { ...details, option: 'target' })
}

function mayPass({ kind, details }: Failure): boolean {
  if (kind === 'busy' || kind === 'upstream-late') return true
  const { status = 500 } = (details.cause ?? {}) as { readonly status?: number }
  return kind === 'upstream-failed' && status >= 500
}

function settingsOf(
  target: CustomerBucket,
  { dispatcher, endpoints }: BucketDeliveryOptions,
): BucketSettings {
  if (target.kind === 's3') {
    const { bucket, region, accessKeyId, secretAccessKey, tags } = target
    const endpoint = target.endpoint ?? endpoints.s3
    const place = { bucket, region, accessKeyId, secretAccessKey, ...(endpoint ? { endpoint } : {}) }
    return { kind: 's3', ...place, ...(tags ? { tags } : {}), dispatcher }
  }
  if (target.kind === 'azure') {
    const { account, key, container } = target
    const { azure: endpoint } = endpoints
    return { kind: 'azure', account, key, container, ...(endpoint ? { endpoint } : {}), dispatcher }
  }
  const { user, key, container } = target
  if (endpoints.swift === undefined)
    throw new Failure('bad-option', 'This server knows no OpenStack Swift to deliver to.', {
      option: 'target',
    })
  return { kind: 'swift', container, auth: { version: 1, url: endpoints.swift, user, key }, dispatcher }
}

function publicAddress(
  target: CustomerBucket,
  key: string,
  { endpoints }: BucketDeliveryOptions,
): string | undefined {
  if (target.kind === 's3') {
    const endpoint = target.endpoint ?? endpoints.s3
    const { bucket, region } = target
    const root = endpoint
      ? `${endpoint.replace(/\/$/, '')}/${bucket}`
      : `https://${bucket}.s3.${region}.amazonaws.com`
    return `${root}/${encodeKey(key)}`
  }
  if (target.kind === 'azure') {
    const root = endpoints.azure ?? `https://${target.account}.blob.core.windows.net`
    return `${root.replace(/\/$/, '')}/${target.container}/${encodeKey(key)}`
  }
  // Where a Swift container is published is its operator's own affair.
  return undefined
}

const close = (bucket: Bucket): Promise<void> => bucket.close().catch(() => {})
