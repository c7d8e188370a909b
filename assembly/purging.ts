// The purges of this process: its log, what caches compare with it, the log that all share, and the members that are told.
import { join } from 'node:path'
import type { Config } from '../config.ts'
import { purgesOf } from '../edge/purges.ts'
import { asFailure, Failure } from '../errors.ts'
import {
  type Acknowledgement,
  createEpochs,
  createMemoryLog,
  type Delivery,
  type Epochs,
  type Order,
  openFileLog,
  type PurgeAll,
  type PurgeHere,
} from '../purging/index.ts'
import type { Records } from '../records/index.ts'
import { createHosts } from '../site/hosts.ts'
import { sitePurgesOf } from '../site/purges.ts'
import { purgeAt, purgeNginxAt, servePurges } from '../wire/purges.ts'
import type { Listener } from '../wire/tier-listener.ts'
import type { Assembly } from './context.ts'
import { edgeLanguages } from './edge-languages.ts'
import { edgeSources } from './edge-sources.ts'
import { cachingRoles, layerOf, layersOf, partsOf, type Told } from './purge-members.ts'
import { type Following, followSharedLog } from './shared-purges.ts'

export interface Purging {
  readonly epochs: Epochs
  /** Of all members. */
  readonly everywhere: PurgeAll
  /** The same, in the words of addresses. */
  readonly order: Order
  /** For processes that tell this one. */
  readonly listener: Listener
  /** Whether anybody else is told of purges. */
  readonly isShared: boolean
  /** Up to where the shared log is known here; undefined without one, and while it is not known. */
  readonly place: () => string | undefined
}

/** `records`: of an api process. */
export async function assemblePurging(assembly: Assembly, records: Records | undefined): Promise<Purging> {
  const { config, closing, refused, now = Date.now } = assembly
  const log = keepsEntries(config)
    ? await openFileLog({ path: join(config.dataDir, 'purges.log'), now })
    : createMemoryLog({ now })
  const startedAt = now()
  closing.push(() => log.close())
  const epochs = await createEpochs(log)
  const following = await followSharedLog(assembly, {
    ...{ log, records },
    keepsEntries: keepsEntries(config),
  })

  const apply = ({ purges, logged }: Delivery): Promise<unknown> =>
    following ? following.follower.deliver(purges, logged) : log.append(purges)
  assembly.siblings?.onPurge(apply)

  async function here(delivery: Delivery): Promise<readonly Acknowledgement[]> {
    await Promise.all([apply(delivery), assembly.siblings?.purge(delivery)])
    return partsOf(cachingRoles(config.roles)).map((part) => ({ part, at: now() }))
  }

  const everywhere = toAll(assembly, here, following)
  const sources = edgeSources(config)
  const read = edgeLanguages(config)
  const hosts = createHosts([...config.sites].map(([name, { hosts }]) => ({ name, hosts })))
  return {
    epochs,
    everywhere,
    order: async (order) => {
      const { purges, rest } = sitePurgesOf(order, hosts.find, new Set(config.sites.keys()))
      return everywhere([...purges, ...(rest ? purgesOf(rest, sources, read) : [])])
    },
    listener: servePurges(here, {
      secrets: config.tierSecret,
      refused,
      // A log in memory begins with its process.
      log: { begins: keepsEntries(config) ? 0 : startedAt, since: log.since },
      // Others have no database.
      shared: records && following?.shared,
    }),
    isShared: isShared(assembly, following),
    place: () => following?.follower.place(),
  }
}

const isShared = ({ config, siblings }: Assembly, following: Following | undefined): boolean =>
  following !== undefined || siblings !== undefined || layersOf(config, [], undefined).flat().length > 0

/** On disk, beyond the end of the process. */
const keepsEntries = ({ roles, sites }: Config): boolean =>
  roles.includes('shield') || roles.includes('origin') || (roles.includes('edge') && sites.size > 0)

/** Beside the connection: a line is written, and synced. */
const acknowledgeMs = 5000

/** Logged first: who does not answer now finds it there. */
function toAll(assembly: Assembly, here: PurgeHere, following: Following | undefined): PurgeAll {
  const { config } = assembly
  const settings = { secret: config.tierSecret[0], answerMs: config.connectMs + acknowledgeMs }
  const own = layerOf(cachingRoles(config.roles)) ?? 'edge'

  const tell = async ({ url, roles }: Told, delivery: Delivery): Promise<readonly Acknowledgement[]> =>
    (roles.includes('nginx') ? purgeNginxAt : purgeAt)(url, delivery, settings).catch((thrown: unknown) =>
      partsOf(roles).map((part) => ({ part, member: url, failed: asFailure(thrown).message })),
    )

  return async (purges) => {
    const logged = await following?.follower.append(purges)
    const delivery: Delivery = { purges, logged }
    const registered = following?.members ? await following.members.list() : []
    const parts: Acknowledgement[] = []
    for (const [at, layer] of layersOf(config, registered ?? [], following?.self).entries()) {
      const telling = layer.map((member) => tell(member, delivery))
      if (at === layerNumber[own]) telling.unshift(named(here(delivery), following?.self))
      parts.push(...(await Promise.all(telling)).flat())
    }
    if (registered === undefined) throw unknownMembers()
    const isPromised = (logged !== undefined && following?.isReadByAll) || parts.every(hasOrReads)
    if (!isPromised) refuseMissing(parts)
    return { parts, isPromised }
  }
}

const layerNumber = { origin: 0, shield: 1, edge: 2, nginx: 3 } as const

const named = async (parts: ReturnType<PurgeHere>, member: string | undefined) =>
  (await parts).map((part) => ({ ...part, member }))

const unknownMembers = () =>
  new Failure(
    'upstream-failed',
    'Who is to purge is not known while Redis is away. Purge again when it is back.',
  )

/** An nginx reads the logs of the edges, which were told before it. */
const hasOrReads = ({ part, at }: Acknowledgement): boolean => at !== undefined || part === 'nginx'

/** All others were told even where one failed: what can be gone is to be gone. */
function refuseMissing(parts: readonly Acknowledgement[]): void {
  const missing = new Set(parts.filter(({ at }) => at === undefined).map(({ failed }) => failed))
  if (missing.size > 0)
    throw new Failure('upstream-failed', `${[...missing].join(' ')} Purge again: the others did.`)
}
