// Reads the settings once, from the configuration file and the environment, into one frozen object; all faults together.
// The only file that looks at the environment.
import { existsSync } from 'node:fs'
import { anchorFolders, findFile, loadFile } from './config/file.ts'
import { type Languages, readLanguages, type WrittenLanguages } from './config/languages.ts'
import { isFitted, type Machine, thisMachine } from './config/machine.ts'
import { type Settings, settings, type WrittenSettings } from './config/settings.ts'
import {
  hostsOfTwo,
  type SiteConfig,
  site as siteKind,
  siteNameFault,
  type WrittenSite,
} from './config/sites.ts'
import {
  kindsOfSource,
  nameFault,
  type SourceConfig,
  schemaOf,
  uploadsName,
  type WrittenSource,
} from './config/sources.ts'

export type { Languages } from './config/languages.ts'
export type { Role, Settings } from './config/settings.ts'
export type { SiteConfig } from './config/sites.ts'
export { plainUploads, type SourceConfig, uploadsName } from './config/sources.ts'

/** What a halftone.config.ts exports. */
export interface WrittenConfig extends WrittenSettings {
  readonly sources?: Readonly<Record<string, WrittenSource>>
  /** Web sites that Halftone stands in front of, by a name of your own. */
  readonly sites?: Readonly<Record<string, WrittenSite>>
  /** URL languages of other services that are answered as well: { cloudflare: true, imgproxy: { keys: [...] } }. */
  readonly languages?: WrittenLanguages
}

export interface Config extends Settings {
  readonly sources: ReadonlyMap<string, SourceConfig>
  readonly sites: ReadonlyMap<string, SiteConfig>
  readonly languages: Languages
}

export type Environment = Readonly<Record<string, string | undefined>>

/** Types the configuration file: `export default defineConfig({ sources: { photos: { folder: '/srv/photos' } } })`. */
export const defineConfig = (config: WrittenConfig): WrittenConfig => config

/** Everything that is wrong with the settings, one line each, by the name it was written under. */
export class ConfigFault extends Error {
  override readonly name = 'ConfigFault'
  readonly faults: readonly string[]

  constructor(faults: readonly string[]) {
    super(
      `The configuration has ${faults.length === 1 ? 'a fault' : `${faults.length} faults`}:\n${faults.map((fault) => `  ${fault}`).join('\n')}`,
    )
    this.faults = faults
  }
}

/**
 * The configuration from `file` (default ./halftone.config.ts or .js, if there is one), over it the environment, over
 * that `overrides` (the command line), by the names of the environment.
 */
export async function readConfig(file?: string, overrides: Environment = {}): Promise<Config> {
  const environment: Environment = { ...process.env, ...overrides }
  const named = file ?? (environment.HALFTONE_CONFIG || undefined)
  const path = findFile(named)
  if (path === undefined) return makeConfig({}, environment)
  if (!existsSync(path)) throw new ConfigFault([`${named}: there is no such file`])
  const written = await loadFile(path)
  if (typeof written !== 'object' || written === null)
    throw new ConfigFault([`${path}: expected \`export default defineConfig({ ... })\``])
  return makeConfig(anchorFolders({ ...written }, path), environment)
}

/** Validates what was written; throws one ConfigFault that lists every fault. */
export function makeConfig(
  written: WrittenConfig,
  environment: Environment,
  machine: Machine = thisMachine(),
): Config {
  const faults: string[] = []
  const scalars = readSettings(written, environment, { machine, faults })
  const sources = readSources(written.sources ?? {}, environment, faults)
  const sites = readSites(written.sites ?? {}, faults)
  const languages = readLanguages(written.languages ?? {}, knownSources(sources, scalars), faults)
  faults.push(...unknownNames(written))
  if (scalars.roles?.includes('edge')) faults.push(...keysOfNoSource(written.sources ?? {}, environment))
  if (faults.length === 0) faults.push(...contradictions({ ...scalars, sources, sites, languages }))
  if (faults.length > 0) throw new ConfigFault(faults)
  return Object.freeze({ ...scalars, sources, sites, languages })
}

const knownSources = (
  sources: ReadonlyMap<string, SourceConfig>,
  { samples }: Settings,
): ReadonlySet<string> => new Set([uploadsName, ...sources.keys(), ...(samples ? ['samples'] : [])])

interface ReadContext {
  readonly machine: Machine
  readonly faults: string[]
}

function readSettings(
  written: WrittenConfig,
  environment: Environment,
  { machine, faults }: ReadContext,
): Settings {
  const values: Record<string, unknown> = {}
  // What is fitted to the memory comes behind it in the table.
  const fitted = (fallback: unknown): unknown =>
    isFitted(fallback) ? fallback.fit({ ...machine, ...(values as { memoryBytes?: number }) }) : fallback
  for (const [name, { variable, kind, fallback }] of Object.entries(settings)) {
    // An empty variable means "not set": compose files and unit files write VARIABLE= for that.
    const fromEnvironment = environment[variable] || undefined
    const value = fromEnvironment ?? (written as Record<string, unknown>)[name] ?? fitted(fallback)
    const read = kind.safeParse(value)
    if (read.success) values[name] = read.data
    else
      for (const issue of read.error.issues)
        faults.push(`${fromEnvironment === undefined ? name : variable}: ${issue.message}`)
  }
  return values as Settings
}

function readSources(
  written: Readonly<Record<string, WrittenSource>>,
  environment: Environment,
  faults: string[],
) {
  const sources = new Map<string, SourceConfig>()
  // Keys that stand in the environment alone must not be overlooked: whoever set them wants signed URLs.
  const always = keysFromEnvironment(uploadsName, environment).keys ? { [uploadsName]: {} } : {}
  for (const [name, source] of Object.entries({ ...always, ...written })) {
    const at = `sources.${name}`
    const wrongName = nameFault(name)
    if (wrongName) faults.push(`${at}: ${wrongName}`)
    const read = schemaOf(name, source)?.safeParse({ ...source, ...keysFromEnvironment(name, environment) })
    if (!read) faults.push(`${at}: expected one of ${kindsOfSource}`)
    else if (read.success) sources.set(name, read.data)
    else
      for (const issue of read.error.issues) faults.push(`${[at, ...issue.path].join('.')}: ${issue.message}`)
  }
  return sources
}

function readSites(written: Readonly<Record<string, WrittenSite>>, faults: string[]) {
  const sites = new Map<string, SiteConfig>()
  const named = new Map<string, string>()
  for (const [name, given] of Object.entries(written)) {
    const at = `sites.${name}`
    const wrongName = siteNameFault(name)
    if (wrongName) faults.push(`${at}: ${wrongName}`)
    const read = siteKind.safeParse(given)
    if (!read.success) {
      for (const issue of read.error.issues) faults.push(`${[at, ...issue.path].join('.')}: ${issue.message}`)
      continue
    }
    for (const host of read.data.hosts) {
      const other = named.get(host)
      if (other !== undefined) faults.push(`${at}.hosts: ${host} is the site '${other}' already`)
      named.set(host, name)
    }
    sites.set(name, read.data)
  }
  return sites
}

/** Signing keys are secrets and may stay out of the file: HALFTONE_KEYS_PHOTOS=new-key,old-key for `sources.photos`. */
function keysFromEnvironment(name: string, environment: Environment): { keys?: string } {
  const keys = environment[keysVariable(name)]
  return keys ? { keys } : {}
}

/** Whoever set them believes that a source is signed; under a slip in its name everybody could order any picture. */
function keysOfNoSource(written: Readonly<Record<string, unknown>>, environment: Environment): string[] {
  const read = new Set([uploadsName, ...Object.keys(written)].map(keysVariable))
  return Object.entries(environment)
    .filter(([name, value]) => value && /^HALFTONE_KEYS_/i.test(name) && !read.has(name))
    .map(([name]) => `${name}: there is no source of this name, so these keys would sign nothing`)
}

const keysVariable = (source: string): string => `HALFTONE_KEYS_${source.toUpperCase().replaceAll('-', '_')}`

function unknownNames(written: WrittenConfig): string[] {
  return Object.keys(written)
    .filter((name) => name !== 'sources' && name !== 'sites' && name !== 'languages' && !(name in settings))
    .map((name) => `${name}: there is no such setting`)
}

/** Its callers have keys of their own. */
const isApiAlone = ({ roles }: Config): boolean => roles.every((role) => role === 'api')

/** A fallback that is never there shows only when a picture fails, which is the worst time for it. */
function wrongFallbacks(config: Config): string[] {
  const { sources, fallback } = config
  const known = knownSources(sources, config)
  const written = [
    ['HALFTONE_FALLBACK', fallback] as const,
    ...[...sources].map(([name, source]) => [`sources.${name}.fallback`, source.fallback] as const),
  ]
  return written.flatMap(([at, path]) => {
    const [, source = ''] = path?.split('/') ?? []
    return !path || known.has(source) ? [] : [`${at}: there is no source '${source}'`]
  })
}

const loopback = ['127.0.0.1', '::1', 'localhost']
export const isLoopback = (host: string): boolean => loopback.includes(host)

/** For this machine alone. A public address means a proxy in front, and to a proxy on this machine everybody looks near. */
export const isPrivate = ({ host, publicUrl }: Pick<Config, 'host' | 'publicUrl'>): boolean =>
  isLoopback(host) && (publicUrl === '' || isLoopback(new URL(publicUrl).hostname.replace(/^\[|\]$/g, '')))

/** Whether the start page shows the demo project's key to who comes from this machine. */
export const isDemoOpen = ({ demo, roles, ...config }: Config): boolean =>
  demo && roles.includes('edge') && roles.includes('api') && isPrivate(config)

/** Faults that only show when settings are seen together. */
function contradictions(config: Config): string[] {
  const runs = (role: string) => config.roles.includes(role as never)
  const faults: string[] = []
  if (config.roles.length === 0)
    faults.push('HALFTONE_ROLES: expected at least one of edge, shield, origin, api, processor')
  if (
    runs('edge') &&
    !runs('shield') &&
    !runs('origin') &&
    config.shields.length + config.origins.length === 0
  )
    faults.push(
      'HALFTONE_SHIELDS: an edge without its own shield or origin needs at least one shield (or HALFTONE_ORIGINS)',
    )
  if (runs('shield') && !runs('origin') && config.origins.length === 0)
    faults.push('HALFTONE_ORIGINS: a shield without its own origin needs at least one origin')
  if (runs('api') && !runs('processor') && config.processors.length === 0)
    faults.push('HALFTONE_PROCESSORS: an api without its own processor needs at least one processing node')
  // Below the edge nothing is signed: who reaches a shield may order any picture, and a processor takes any order.
  if (!runs('edge') && !isApiAlone(config) && !isLoopback(config.host) && config.tierSecret.length === 0)
    faults.push(
      'HALFTONE_TIER_SECRET: required when a shield, an origin or a processor listens beyond loopback',
    )
  if (config.redis && config.tierSecret.length === 0)
    faults.push('HALFTONE_TIER_SECRET: required with HALFTONE_REDIS, for what processes ask of each other')
  if (config.redis && config.self === '' && config.port === 0)
    faults.push('HALFTONE_SELF: required with HALFTONE_REDIS where PORT is 0')
  if (config.edgeProcesses > 1 && config.roles.join() !== 'edge')
    faults.push('HALFTONE_EDGE_PROCESSES: expected 1, because this process does not run the edge alone')
  if (runs('edge')) faults.push(...wrongFallbacks(config))
  faults.push(...hostsOfTwo(config.sites, config))
  return faults
}
