// What a source may say of itself in the configuration file.
import { z } from 'zod'
import { isReserved, reservedNames, siteSourcePrefix } from '../http/reserved-paths.ts'
import { duration, httpUrl, list, secret, text } from './kinds.ts'
import { addressRules, hostRules, pictureOptions, picturePath, requestHeaders } from './parsed-kinds.ts'
import { bucket as storage } from './storage.ts'

/** Addresses that begin with a UUID are those of uploads. */
const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/
const sourceName = /^[a-z0-9][a-z0-9_-]{0,62}$/

/** What every kind of source may have. */
const common = {
  /** Keys that may sign URLs of this source; the first signs, all verify (rotation). With keys, unsigned URLs are refused. */
  keys: list(secret()).optional(),
  /** How URLs are signed: ours, or imgix's MD5 for clients that already sign that way. */
  signature: z.enum(['hmac-sha256', 'imgix-md5']).default('hmac-sha256'),
  /** Options every picture of the source starts from, as a query: "auto=format&q=70". The URL's own win. */
  defaults: pictureOptions().default(''),
  /** Picture shown in place of one that cannot be made, as /source/path. */
  fallback: picturePath().optional(),
  /** How long a source is taken as unchanged when it says nothing itself. */
  fresh: duration().default(3_600_000),
  /** Show a picture that is cut short as far as it goes, instead of refusing it. */
  lenient: z.boolean().default(false),
}

const folder = z.strictObject({
  ...common,
  /** A folder of pictures; nothing outside it is reachable. */
  folder: text().min(1),
})

const remote = {
  ...common,
  /** Sent with every request to the source's server, an authorization for instance. */
  headers: requestHeaders().default({}),
  /** Addresses (CIDR) that may be reached although they are private: "10.1.0.0/16". */
  allowAddresses: addressRules().default([]),
  /** Keep pictures even when the source's server says no-store or private. */
  ignoreCacheControl: z.boolean().default(false),
}

const site = z.strictObject({
  ...remote,
  /** A web site: the path of the URL is appended to this address. */
  site: httpUrl(),
  /** Hosts a redirect may lead to besides the site's own. */
  hosts: hostRules().default([]),
})

const proxy = z.strictObject({
  ...remote,
  /** A web proxy: the URL's path is a whole encoded URL on one of these hosts ("images.example", "*.example", "images.example:8443"). */
  hosts: hostRules().refine((hosts) => hosts.length > 0, { error: 'expected at least one host' }),
})

const bucket = z.strictObject({
  ...common,
  /** Pictures in a bucket: { kind: 's3' | 'azure' | 'swift' | 'folder', ... }, written as HALFTONE_STORAGE is. */
  bucket: storage,
  /** The folder of the bucket that paths begin in, "photos/2026/"; nothing outside it is reachable. */
  prefix: text()
    .regex(/^([^/]+\/)*$/, { error: 'expected a folder such as photos/2026/' })
    .default(''),
})

/** The source `uploads` is always there; written down, it may ask for signed URLs or have defaults of its own. */
const uploads = z.strictObject({ ...common, uploads: z.literal(true).default(true) })

export type BucketSource = z.output<typeof bucket>
export type UploadsSource = z.output<typeof uploads>
export type FolderSource = z.output<typeof folder>
export type SiteSource = z.output<typeof site>
export type ProxySource = z.output<typeof proxy>
export type SourceConfig = FolderSource | SiteSource | ProxySource | BucketSource | UploadsSource
export type WrittenSource =
  | z.input<typeof folder>
  | z.input<typeof site>
  | z.input<typeof proxy>
  | z.input<typeof bucket>
  | z.input<typeof uploads>

/** The source whose paths are the identifiers of uploads. */
export const uploadsName = 'uploads'

/** As it is where nothing was written. */
export const plainUploads: UploadsSource = uploads.parse({})

/** The name's fault, if it has one. */
export function nameFault(name: string): string | undefined {
  if (isReserved(name)) return `the name is reserved (${reservedNames.join(', ')})`
  if (!sourceName.test(name)) return 'expected a name of a-z, 0-9, - and _, at most 63 characters'
  if (name.startsWith(siteSourcePrefix)) return `names that begin with ${siteSourcePrefix} are those of sites`
  if (uuid.test(name)) return 'expected a name that is not an identifier of an upload'
  return undefined
}

export const kindsOfSource = 'folder, site, hosts or bucket'

/**
 * The schema of the kind of source that `written` looks like, so that its faults are told in terms of that kind.
 */
export function schemaOf(name: string, written: object): z.ZodType<SourceConfig> | undefined {
  if (name === uploadsName) return uploads
  if ('bucket' in written) return bucket
  if ('folder' in written) return folder
  if ('site' in written) return site
  if ('hosts' in written) return proxy
  return undefined
}
