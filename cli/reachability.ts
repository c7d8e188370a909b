// The checks of `halftone check`: one for each part of the configuration that another machine or a disk must provide.
import { access, constants, stat } from 'node:fs/promises'
import { folderFault, foldersOf } from '../assembly/folders.ts'
import { describeDatabase, recordsFault } from '../assembly/records.ts'
import { describeRedis, redisFault } from '../assembly/redis.ts'
import type { Config, SiteConfig, SourceConfig } from '../config.ts'
import { probeServer } from '../fetch/probe.ts'
import { bucketFault } from './bucket-fault.ts'

export interface ReachabilityCheck {
  /** One word: "source". */
  readonly label: string
  readonly about: string
  /** Why it is not as it should be, if it is not. */
  readonly fault: () => Promise<string | undefined>
}

/** Long enough for a slow name server, short enough to sit through. */
const totalMs = 5000

export const checksOf = (config: Config): readonly ReachabilityCheck[] => [
  ...foldersOf(config).map(({ variable, dir }) => ({
    label: variable === 'HALFTONE_DATA' ? 'data' : 'storage',
    about: dir,
    fault: () => folderFault(dir),
  })),
  ...(config.roles.includes('api') ? [databaseTrial(config)] : []),
  ...(config.redis ? [redisTrial(config)] : []),
  ...storageTrials(config),
  ...[...config.sources].map(([name, source]) => sourceTrial(config, name, source)),
  ...(config.roles.includes('edge')
    ? [...config.sites].map(([name, site]) => siteTrial(config, name, site))
    : []),
]

const redisTrial = (config: Config): ReachabilityCheck => ({
  label: 'redis',
  about: describeRedis(config),
  fault: () => redisFault(config, totalMs),
})

const databaseTrial = (config: Config): ReachabilityCheck => ({
  label: 'database',
  about: describeDatabase(config),
  fault: () => recordsFault(config),
})

function storageTrials({ storage, roles }: Config): readonly ReachabilityCheck[] {
  if (!storage || storage.kind === 'folder' || !roles.some((role) => role === 'api' || role === 'origin'))
    return []
  return [
    { label: 'storage', about: `${storage.kind} bucket`, fault: () => bucketFault(storage, '', totalMs) },
  ]
}

const sourceTrial = (config: Config, name: string, source: SourceConfig): ReachabilityCheck => ({
  label: 'source',
  about: `${name}: ${describe(source)}`,
  fault: () => sourceFault(config, source),
})

const siteTrial = (config: Config, name: string, site: SiteConfig): ReachabilityCheck => ({
  label: 'site',
  about: `${name}: ${site.hosts.join(', ')} from ${site.origin}`,
  fault: () =>
    probeServer(new URL(site.origin), {
      ...{ allowAddresses: site.allowAddresses, connectMs: config.connectMs, totalMs },
      headers: site.originHost === undefined ? {} : { host: site.originHost },
    }),
})

function describe(source: SourceConfig): string {
  const signed = source.keys?.length ? `, signed (${source.signature}, ${source.keys.length} keys)` : ''
  if ('folder' in source) return `folder ${source.folder}${signed}`
  if ('site' in source) return `site ${source.site}${signed}`
  if ('bucket' in source) return `${source.bucket.kind} bucket, folder '${source.prefix}'${signed}`
  if ('uploads' in source) return `uploads${signed}`
  return `web proxy for ${source.hosts.join(', ')}${signed}`
}

async function sourceFault(config: Config, source: SourceConfig): Promise<string | undefined> {
  if ('uploads' in source) return undefined
  if ('bucket' in source) return bucketFault(source.bucket, source.prefix, totalMs)
  if ('folder' in source) return readableFault(source.folder)
  const reach = { ...source, connectMs: config.connectMs, totalMs }
  if ('site' in source) return probeServer(new URL(source.site), reach)
  const faults = await Promise.all(source.hosts.map((host) => hostFault(host, reach)))
  return faults.find((fault) => fault !== undefined)
}

/** A rule with a wildcard names no host to try. A rule does not say whether its host speaks http or https. */
async function hostFault(
  host: string,
  reach: Parameters<typeof probeServer>[1],
): Promise<string | undefined> {
  if (host.startsWith('*.')) return undefined
  const faults = await Promise.all(
    ['https', 'http'].map((scheme) => probeServer(new URL(`${scheme}://${host}/`), reach)),
  )
  return faults.includes(undefined) ? undefined : `${host}: ${faults[0]}`
}

async function readableFault(folder: string): Promise<string | undefined> {
  const found = await stat(folder).catch(() => undefined)
  if (!found) return 'there is no such folder'
  if (!found.isDirectory()) return 'it is not a folder'
  return access(folder, constants.R_OK | constants.X_OK).then(
    () => undefined,
    () => 'it cannot be read',
  )
}
