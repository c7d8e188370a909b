// A customer's bucket, as a client names it.
import { z } from '@hono/zod-openapi'
import { isBlockedPort } from '../../../../fetch/ports.ts'
import { isKey, keyWords } from '../../../../storage/index.ts'
import { httpUrl } from './scalars.ts'

// Half of a character has no bytes to be sent as.
const isWhole = (text: string): boolean => text.isWellFormed()
const word = () =>
  z.string().min(1).max(1024).refine(isWhole, { error: 'expected a text of whole characters' })
const words = (description: string) =>
  z.record(z.string().min(1).max(128), z.string().max(1024)).optional().openapi({ description })

/** It becomes a part of the server's name, and must not become another server. */
const label = () => word().regex(/^[\w.-]+$/, { error: 'expected a name of letters, digits and hyphens' })

const endpoint = () =>
  httpUrl()
    .refine((text) => !URL.canParse(text) || !isBlockedPort(new URL(text).port), {
      error: 'expected a port that is of no other service',
    })
    .refine((text) => !URL.canParse(text) || new URL(text).username + new URL(text).password === '', {
      error: 'expected an address without user and password',
    })

const placement = {
  path: z
    .string()
    .refine(isKey, { error: `expected ${keyWords}` })
    .optional()
    .openapi({
      description: "Key of the object, without a leading slash; by default the result's name.",
      example: 'pictures/cat.webp',
    }),
  metadata: words("The object's own metadata."),
  headers: words("What the bucket's web service should say with it: cache-control and so on."),
}

const S3Target = z
  .strictObject({
    kind: z.literal('s3'),
    bucket: word(),
    region: label(),
    access_key_id: word(),
    secret_access_key: word(),
    endpoint: endpoint().optional().openapi({ description: "Of an S3 that is not Amazon's." }),
    acl: z.enum(['private', 'public-read']).optional(),
    tags: words('Tags of the object.'),
    ...placement,
  })
  .openapi('S3Target')

const AzureTarget = z
  .strictObject({ kind: z.literal('azure'), account: label(), key: word(), container: word(), ...placement })
  .openapi('AzureTarget')

const SwiftTarget = z
  .strictObject({
    kind: z.literal('swift'),
    user: word(),
    key: word(),
    container: word(),
    region: word().optional(),
    ...placement,
  })
  .openapi('SwiftTarget')

export const BucketTarget = z
  .discriminatedUnion('kind', [S3Target, AzureTarget, SwiftTarget])
  .openapi('Target', {
    example: {
      kind: 's3',
      bucket: 'pictures',
      region: 'eu-central-1',
      access_key_id: 'AKIA…',
      secret_access_key: '…',
    },
  })

export type BucketTarget = z.output<typeof BucketTarget>
