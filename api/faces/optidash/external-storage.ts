// Optidash's external storage as a customer's bucket.
import { z } from 'zod'
import type { CustomerBucket } from '../../services/optimising/optimising.ts'
import { nonEmpty, objectPath, pairs, present } from '../schema.ts'

const place = { path: objectPath.optional(), metadata: pairs.optional(), headers: pairs.optional() }
const pair = { key: nonEmpty(), secret: nonEmpty(), bucket: nonEmpty(255) }
const acl = z
  .enum(['public-read', 'private'], { error: 'must be public-read or private' })
  .default('public-read')
/** It becomes a part of the host's name. */
const region = nonEmpty(64).regex(/^[\w-]+$/, { error: 'must be the name of a region' })

/** Other classes cost more to read than pictures of the web can bear, and our storage writes none of them. */
const storageClass = z.literal('standard', { error: 'must be standard' }).optional()

export const store = z.discriminatedUnion(
  'provider',
  [
    z.strictObject({ provider: z.literal('aws'), ...pair, region, acl, class: storageClass, ...place }),
    z.strictObject({ provider: z.literal('digitalocean'), ...pair, region, acl, ...place }),
    z.strictObject({ provider: z.literal('google'), ...pair, acl, ...place }),
    z.strictObject({
      provider: z.literal('azure'),
      account: nonEmpty(255).regex(/^[\w.-]+$/, { error: 'must be the name of an account' }),
      ...{ key: nonEmpty(), container: nonEmpty(255) },
      ...place,
    }),
  ],
  { error: 'must be one of aws, digitalocean, google, azure; saved connectors (id) are not supported' },
)

export function targetOf(asked: z.infer<typeof store>): CustomerBucket {
  const { path, metadata, headers } = asked
  const placement = present({ path, metadata, headers })
  if (asked.provider === 'azure') {
    const { account, key, container } = asked
    return { kind: 'azure', account, key, container, ...placement }
  }
  const { key: accessKeyId, secret: secretAccessKey, bucket, acl } = asked
  return { kind: 's3', bucket, ...whereOf(asked), accessKeyId, secretAccessKey, acl, ...placement }
}

/** The servers of the providers that speak S3 besides Amazon's own. */
function whereOf(asked: Exclude<z.infer<typeof store>, { provider: 'azure' }>) {
  switch (asked.provider) {
    case 'aws':
      return { region: asked.region }
    case 'digitalocean':
      return { region: asked.region, endpoint: `https://${asked.region}.digitaloceanspaces.com` }
    case 'google':
      // HMAC keys, as in Google's migration from Amazon S3.
      return { region: 'auto', endpoint: 'https://storage.googleapis.com' }
  }
}
