// Kraken's external stores as a customer's bucket.
import { z } from 'zod'
import type { CustomerBucket } from '../../services/optimising/optimising.ts'
import { nonEmpty, objectPath, pairs, present, words } from '../schema.ts'

const path = objectPath.optional()
/** It becomes a part of the host's name. */
const region = nonEmpty(64).regex(/^[\w-]+$/, { error: 'must be the name of a region' })

const tags = z
  .union(
    [
      pairs,
      z
        .array(z.object({ key: nonEmpty(128), value: words(256) }))
        .transform((list) => Object.fromEntries(list.map(({ key, value }) => [key, value]))),
    ],
    { error: 'must be an object of names and texts' },
  )
  .refine((all) => Object.keys(all).length <= 10, { error: 'must be at most 10' })

const acl = z
  .enum(['public_read', 'private', 'public-read'], { error: 'must be public_read or private' })
  .transform((word) => (word === 'private' ? ('private' as const) : ('public-read' as const)))

const s3 = z.object({
  ...{ key: nonEmpty(), secret: nonEmpty(), bucket: nonEmpty(255) },
  region: region.default('us-east-1'),
  acl: acl.default('public-read'),
  ...{ path, metadata: pairs.optional(), headers: pairs.optional(), tags: tags.optional() },
})

const swift = z.object({ user: nonEmpty(), key: nonEmpty(), container: nonEmpty(255), path })

const azure = z.object({
  account: nonEmpty(255).regex(/^[\w.-]+$/, { error: 'must be the name of an account' }),
  ...{ key: nonEmpty(), container: nonEmpty(255) },
  ...{ path, metadata: pairs.optional(), headers: pairs.optional() },
})

const unsupported = z
  .never({ error: 'is not supported; s3_store reaches Google Cloud Storage too' })
  .optional()

/** The store fields of a request. */
export const stores = {
  s3_store: s3.optional(),
  cf_store: swift.extend({ region: words(64).optional() }).optional(),
  sl_store: swift.extend({ region: nonEmpty(64) }).optional(),
  azure_store: azure.optional(),
  gcs_store: unsupported,
}

const stored = z.object(stores)

/** All that were asked for; Kraken means one. */
export function targetsOf(asked: z.infer<typeof stored>): readonly CustomerBucket[] {
  const { s3_store, cf_store, sl_store, azure_store } = asked
  return [
    s3_store && s3Target(s3_store),
    cf_store && swiftTarget(cf_store),
    sl_store && swiftTarget(sl_store),
    azure_store && present({ kind: 'azure' as const, ...azure_store }),
  ].filter((target) => target !== undefined)
}

function s3Target({ key, secret, ...rest }: z.infer<typeof s3>): CustomerBucket {
  return present({ kind: 's3' as const, accessKeyId: key, secretAccessKey: secret, ...rest })
}

function swiftTarget(asked: z.infer<typeof swift> & { region?: string | undefined }): CustomerBucket {
  return present({ kind: 'swift' as const, ...asked })
}
