// What the configuration file may say of the URL languages: where each is mounted, its keys, its lists.
import { z } from 'zod'
import { isReserved } from '../http/reserved-paths.ts'
import { list, text } from './kinds.ts'

/** Where a language is found when its settings name no prefix: its well-known path, or its own name. */
export const wellKnownPrefixes = {
  cloudflare: '/cdn-cgi/image',
  imgproxy: '/imgproxy',
  next: '/_next/image',
  ipx: '/_ipx',
  weserv: '/weserv',
  thumbor: '/thumbor',
  cloudinary: '/cloudinary',
} as const

export type LanguageName = keyof typeof wellKnownPrefixes

const name = () => text().regex(/^[a-z0-9][a-z0-9_-]{0,62}$/, { error: 'expected the name of a source' })

const common = {
  /** The beginning of its addresses, without a slash at the end. */
  prefix: text()
    .regex(/^(\/[\w.~-]+)+$/, { error: 'expected a path such as /images, without a slash at the end' })
    .refine((path) => !isReserved(path.split('/')[1] ?? ''), {
      error: 'the first part of the path is reserved',
    })
    .optional(),
  /** Hosts whose addresses are all in this language, without the prefix: "images.example". */
  hosts: list(
    text().regex(/^[a-z0-9.-]+(:\d{1,5})?$/, { error: 'expected a host such as images.example' }),
  ).default([]),
  /** The source of paths without a host; absent, the first part of a path is its source. */
  source: name().optional(),
  /** Where whole addresses begin, and the source that has what follows: { 's3://photos/': 'photos' }. */
  sources: z
    .record(
      z.string().regex(/^[a-z][a-z0-9+.-]*:\/\//i, { error: 'expected the beginning of an address' }),
      name(),
    )
    .optional(),
}

const hex = (expected: string, bytes: (count: number) => boolean) =>
  text().refine((key) => /^(?:[0-9a-f]{2})+$/i.test(key) && bytes(key.length / 2), {
    error: `expected ${expected}`,
  })

/** Key material of other services is as long as they made it; it is never echoed. */
const key = () => text().min(8, { error: 'expected a key of at least 8 characters' })
const widths = () => z.array(z.number().int().min(1).max(8192))
const table = () => z.record(z.string().min(1), z.string())

const local = { pathname: text().optional(), search: z.string().optional() }
const remote = {
  protocol: z.enum(['http', 'https', 'http:', 'https:']).optional(),
  hostname: text(),
  port: z.string().optional(),
}

/** Of next.config.js what has another place here, so that who brings it is told where. */
const elsewhere = (error: string) => z.never({ error }).optional()
const nextElsewhere = {
  path: elsewhere('`prefix` is its name here'),
  formats: elsewhere('formats are negotiated: AVIF, WebP, or the own one of the source'),
  minimumCacheTTL: elsewhere(
    'the source says how long a picture is fresh, and HALFTONE_BROWSER_FRESH bounds it',
  ),
  dangerouslyAllowSVG: elsewhere(
    'an SVG is drawn here and never passed through, so there is nothing to allow',
  ),
}

const schemas = {
  cloudflare: z.strictObject(common),
  imgproxy: z.strictObject({
    ...common,
    keys: z.array(z.strictObject({ key: hex('hex', () => true), salt: hex('hex', () => true) })).optional(),
    signatureSize: z.number().int().min(1).max(32).optional(),
    trusted: z.array(key()).optional(),
    encryptionKey: hex('hex of 16, 24 or 32 bytes', (count) => [16, 24, 32].includes(count)).optional(),
    presets: table().optional(),
    onlyPresets: z.boolean().optional(),
    autoFormat: z.boolean().optional(),
    watermark: text()
      .regex(/^[a-z0-9][a-z0-9_-]{0,62}:.+/, { error: 'expected a source and a path such as logos:shop.png' })
      .optional(),
  }),
  next: z.strictObject({
    ...common,
    deviceSizes: widths().optional(),
    imageSizes: widths().optional(),
    qualities: z.array(z.number().int().min(1).max(100)).optional(),
    roundUp: z.boolean().optional(),
    localPatterns: z.array(z.strictObject(local)).optional(),
    remotePatterns: z.array(z.strictObject({ ...local, ...remote })).optional(),
    domains: z.array(text()).optional(),
    ...nextElsewhere,
  }),
  ipx: z.strictObject(common),
  weserv: z.strictObject(common),
  thumbor: z.strictObject({
    ...common,
    keys: list(key()).optional(),
    algorithm: z.enum(['sha1', 'sha256', 'sha512']).optional(),
    signatureLength: z.number().int().min(16).max(88).optional(),
    autoFormat: z.boolean().optional(),
  }),
  cloudinary: z.strictObject({
    ...common,
    secrets: list(key()).optional(),
    algorithm: z.enum(['sha1', 'sha256']).optional(),
    tokenKeys: list(hex('hex of 16 bytes at least', (count) => count >= 16)).optional(),
    transformations: table().optional(),
  }),
} as const satisfies Readonly<Record<LanguageName, z.ZodType>>

type Read = {
  readonly [Name in LanguageName]: z.output<(typeof schemas)[Name]> & { readonly prefix: string }
}
type Written = { readonly [Name in LanguageName]?: z.input<(typeof schemas)[Name]> | boolean }

/** `true` is a language as it is where nothing more is said. */
export type WrittenLanguages = Written
/** Those that are mounted. */
export type Languages = Partial<Read>

/** Faults are added to the list, by where they stand. */
export function readLanguages(
  written: WrittenLanguages,
  sources: ReadonlySet<string>,
  faults: string[],
): Languages {
  const read: Record<string, unknown> = {}
  for (const [name, settings] of Object.entries(written)) {
    const at = `languages.${name}`
    const schema = Object.hasOwn(schemas, name) ? schemas[name as LanguageName] : undefined
    if (!schema) faults.push(`${at}: expected one of ${Object.keys(schemas).join(', ')}`)
    if (!schema || settings === false) continue
    const result = (schema as z.ZodType<Read['ipx']>).safeParse(settings === true ? {} : settings)
    if (result.success)
      read[name] = { ...result.data, prefix: result.data.prefix ?? wellKnownPrefixes[name as LanguageName] }
    else
      for (const issue of result.error.issues)
        faults.push(`${[at, ...issue.path].join('.')}: ${issue.message}`)
  }
  faults.push(...contradictions(read as Languages, sources))
  return read as Languages
}

function contradictions(languages: Languages, sources: ReadonlySet<string>): string[] {
  const faults: string[] = []
  const prefixes = new Map<string, string>()
  const hosts = new Map<string, string>()
  for (const [name, settings] of Object.entries(languages)) {
    const at = `languages.${name}`
    const { prefix, source, sources: mapped = {} } = settings
    if (prefixes.has(prefix)) faults.push(`${at}.prefix: it is that of languages.${prefixes.get(prefix)}`)
    prefixes.set(prefix, name)
    if (sources.has(prefix.slice(1))) faults.push(`${at}.prefix: there is a source of this name`)
    for (const host of settings.hosts) {
      if (hosts.has(host)) faults.push(`${at}.hosts: ${host} is one of languages.${hosts.get(host)}`)
      hosts.set(host, name)
    }
    for (const named of [...(source === undefined ? [] : [source]), ...Object.values(mapped)])
      if (!sources.has(named)) faults.push(`${at}: there is no source '${named}'`)
  }
  return faults
}
