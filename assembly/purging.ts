// The purges of this process: their log, what caches compare with it, and the other processes that are told.
import { join } from 'node:path'
import type { Config, Role } from '../config.ts'
import { purgesOf } from '../edge/purges.ts'
import { Failure } from '../errors.ts'
import {
  type Acknowledgement,
  createEpochs,
  createMemoryLog,
  type Epochs,
  type Order,
  openFileLog,
  type Purge,
  type PurgeAll,
} from '../purging/index.ts'
import { createHosts } from '../site/hosts.ts'
import { sitePurgesOf } from '../site/purges.ts'
import { purgeAt, servePurges } from '../wire/purges.ts'
import type { Listener } from '../wire/tier-listener.ts'
import type { Assembly } from './context.ts'
import { edgeSources } from './edge-sources.ts'

export interface Purging {
  readonly epochs: Epochs
  /** In all processes that the settings name. */
  readonly everywhere: PurgeAll
  /** The same, in the words of addresses. */
  readonly order: Order
  /** For processes that tell this one. */
  readonly listener: Listener
}

export async function assemblePurging(assembly: Assembly): Promise<Purging> {
  const { config, closing, refused, now = Date.now } = assembly
  const log = keepsEntries(config)
    ? await openFileLog({ path: join(config.dataDir, 'purges.log'), now })
    : createMemoryLog({ now })
  const startedAt = now()
  closing.push(() => log.close())
  const epochs = await createEpochs(log)

  async function here(purges: readonly Purge[]): Promise<readonly Acknowledgement[]> {
    await log.append(purges)
    return [{ part: config.roles.join('+'), at: now() }]
  }

  const everywhere = inTurn(layersOf(assembly, here))
  const sources = edgeSources(config)
  const hosts = createHosts([...config.sites].map(([name, { hosts }]) => ({ name, hosts })))
  return {
    epochs,
    everywhere,
    order: async (order) => {
      const { purges, rest } = sitePurgesOf(order, hosts.find, new Set(config.sites.keys()))
      return everywhere([...purges, ...(rest ? purgesOf(rest, sources) : [])])
    },
    listener: servePurges(here, {
      secrets: config.tierSecret,
      refused,
      // A log in memory begins with its process.
      log: { begins: keepsEntries(config) ? 0 : startedAt, since: log.since },
    }),
  }
}

/** On disk, beyond the end of the process. */
const keepsEntries = ({ roles, sites }: Config): boolean =>
  roles.includes('shield') || roles.includes('origin') || (roles.includes('edge') && sites.size > 0)

/** Beside the connection: a line is written, and synced. */
const acknowledgeMs = 5000

/** From the sources outwards: this process stands where its innermost tier does. */
function layersOf({ config }: Assembly, here: PurgeAll): readonly (readonly PurgeAll[])[] {
  const { roles, origins, shields, edges, tierSecret, connectMs } = config
  const settings = { secret: tierSecret[0], answerMs: connectMs + acknowledgeMs }
  const at = (url: string): PurgeAll => {
    return (purges) => purgeAt(url, purges, settings)
  }
  const far = (role: Role, urls: readonly string[]) => (roles.includes(role) ? [] : urls.map(at))
  const inner = (['origin', 'shield'] as const).find((role) => roles.includes(role)) ?? 'edge'
  const near = (role: Role) => (inner === role ? [here] : [])
  return [
    [...far('origin', origins), ...near('origin')],
    [...far('shield', shields), ...near('shield')],
    // Others, also where this process is an edge itself.
    [...edges.map(at), ...near('edge')],
  ]
}

/** One layer after the other, and all of them even where a part fails: what can be gone is to be gone. */
function inTurn(layers: readonly (readonly PurgeAll[])[]): PurgeAll {
  return async (purges) => {
    const parts: Acknowledgement[] = []
    const failures: unknown[] = []
    for (const layer of layers) {
      for (const outcome of await Promise.allSettled(layer.map((purge) => purge(purges))))
        if (outcome.status === 'fulfilled') parts.push(...outcome.value)
        else failures.push(outcome.reason)
    }
    if (failures.length > 0) throw incomplete(failures)
    return parts
  }
}

function incomplete(failures: readonly unknown[]): unknown {
  const known = failures.filter((failure) => failure instanceof Failure)
  const [first] = known
  if (first === undefined || known.length < failures.length) return failures[0]
  const said = known.map(({ message }) => message).join(' ')
  return new Failure(first.kind, `${said} Purge again: the others did.`, first.details)
}
