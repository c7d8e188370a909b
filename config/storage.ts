// Where uploads and results lie, as the configuration writes it: one of four kinds of bucket.
import { z } from 'zod'
import { httpUrl, text } from './kinds.ts'

const auth = z.discriminatedUnion('version', [
  z.strictObject({ version: z.literal(1), url: httpUrl(), user: text(), key: text() }),
  z.strictObject({
    version: z.literal(3),
    url: httpUrl(),
    user: text(),
    password: text(),
    project: text(),
    userDomain: text().exactOptional(),
    projectDomain: text().exactOptional(),
    region: text().exactOptional(),
  }),
])

/** One of four kinds of bucket, of ours or, for a source, of anybody's. */
export const bucket = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('folder'), dir: text().min(1) }),
  z.strictObject({
    kind: z.literal('s3'),
    bucket: text().min(1),
    region: text().default('us-east-1'),
    accessKeyId: text().min(1),
    secretAccessKey: text().min(1),
    endpoint: httpUrl().exactOptional(),
  }),
  z.strictObject({
    kind: z.literal('azure'),
    account: text().min(1),
    key: text().min(1),
    container: text().min(1),
    endpoint: httpUrl().exactOptional(),
  }),
  z.strictObject({
    kind: z.literal('swift'),
    auth,
    container: text().min(1),
  }),
])

export type StorageConfig = z.output<typeof bucket>
export type WrittenStorage = z.input<typeof bucket>

/** JSON text in the environment, an object in the configuration file. */
export const storage = () => z.preprocess(fromJson, bucket.optional()) as z.ZodType<StorageConfig | undefined>

export function fromJson(written: unknown): unknown {
  if (typeof written !== 'string') return written
  try {
    return JSON.parse(written)
  } catch {
    return written
  }
}
