// The wiring: stacks the tiers the configuration asks for, in one process or with the next one far away.
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Api, ApiNeeds } from './assembly/api.ts'
import type { Assembly, HalftoneOptions } from './assembly/context.ts'
import { assembleEdge } from './assembly/edge.ts'
import { assembleEdgeMemory } from './assembly/edge-memory.ts'
import { explainFolderFault, refuseUnwritable } from './assembly/folders.ts'
import type { KeptRecords } from './assembly/kept-records.ts'
import { assembleLimits } from './assembly/limits.ts'
import { createOneProcess } from './assembly/one-process.ts'
import { assembleOperation, withOperation } from './assembly/operation.ts'
import { assemblePurging, type Purging } from './assembly/purging.ts'
import { assembleRedis } from './assembly/redis.ts'
import { assembleSharing } from './assembly/sharing.ts'
import { assembleShield } from './assembly/shield.ts'
import type { PictureTiers } from './assembly/site-pictures.ts'
import { logStrangers } from './assembly/stranger-log.ts'
import { assembleTracing } from './assembly/tracing.ts'
import { assembleUpstream } from './assembly/upstream.ts'
import { assembleInternal } from './assembly/without-edge.ts'
import type { Config, Role } from './config.ts'
import { noEpochs } from './purging/index.ts'
import type { Sites } from './site/index.ts'
import type { Tier } from './tier.ts'
import type { FindPlain } from './wire/plain-reader.ts'
import type { Upgrades } from './wire/server.ts'
import type { Listener } from './wire/tier-listener.ts'
import { sourceKey, wholeKey } from './wire/upstreams.ts'

export type { HalftoneOptions } from './assembly/context.ts'

export interface Halftone {
  readonly listener: (request: IncomingMessage, response: ServerResponse) => void
  /** Pictures in memory that need no listener, for the plainest requests. */
  readonly plain?: FindPlain | undefined
  /** Connections that change their protocol, where a site may want them. */
  readonly upgrades?: Upgrades | undefined
  /** From now on /readyz says no, so that balancers look elsewhere before the listener closes. */
  drain(): void
  /** Waits for background work, then lets go of everything. */
  close(): Promise<void>
}

export async function createHalftone(parts: HalftoneOptions): Promise<Halftone> {
  const redis = await assembleRedis(parts)
  const assembly: Assembly = {
    ...parts,
    redis,
    sharing: undefined,
    refused: logStrangers(parts),
    closing: redis ? [redis.close] : [],
    faults: [],
    ...createOneProcess(parts.config),
    epochs: noEpochs,
  }
  let isDraining = false
  assembly.faults.push(() => (isDraining ? 'draining' : undefined))
  const { listener, plain, sites } = await assemble(assembly)
  return {
    listener,
    plain,
    ...(sites && { upgrades: { takes: sites.takesUpgrade, take: sites.upgrade } }),
    drain: () => {
      isDraining = true
    },
    close: () => closeAll(assembly),
  }
}

/** Throws a ConfigFault for what only shows when it is tried; whatever it throws, nothing is left running. */
async function assemble(assembly: Assembly): Promise<Faces> {
  await refuseUnwritable(assembly.config)
  try {
    return await stackTiers(assembly)
  } catch (thrown) {
    await closeAll(assembly)
    throw explainFolderFault(thrown, assembly.config)
  }
}

interface Faces {
  readonly listener: Listener
  readonly plain?: FindPlain | undefined
  readonly sites?: Sites | undefined
}

async function stackTiers(alone: Assembly): Promise<Faces> {
  const kept = await localRecords(alone)
  const purging = await assemblePurging(alone, kept?.records)
  const tracer = await assembleTracing(alone)
  const sharing = await assembleSharing(alone, purging)
  const assembly = { ...alone, epochs: purging.epochs, sharing, tracer }
  const origin = await localOrigin(assembly)
  const shield = localShield(assembly, origin)
  const operation = assembleOperation(assembly)
  const limits = assembleLimits(assembly)
  const api = kept && (await localApi(assembly, { kept, purging, limits }))
  if (runs(assembly.config, 'edge')) {
    const upstream = shield ?? origin ?? remoteBelowEdge(assembly)
    const memory = assembleEdgeMemory(assembly)
    const sites = await localSites(assembly, { upstream, memory }, purging)
    const { listener, plain } = assembleEdge(assembly, {
      upstream,
      memory,
      operation,
      api,
      purging,
      limits,
      sites,
    })
    return { listener, plain, sites }
  }
  const node = await localNode(assembly)
  const inner = assembleInternal(assembly, { tier: shield ?? origin, api, node, purging, limits })
  return { listener: withOperation(assembly, operation, inner) }
}

async function closeAll({ closing }: Assembly): Promise<void> {
  for (const close of closing.reverse()) await close()
}

const runs = (config: Config, role: Role): boolean => config.roles.includes(role)

/** Imported only where an origin runs: a process without one never loads the pool, nor a worker of it sharp. */
async function localOrigin(assembly: Assembly): Promise<Tier | undefined> {
  if (!runs(assembly.config, 'origin')) return undefined
  const { assembleOrigin } = await import('./assembly/origin.ts')
  return assembleOrigin(assembly)
}

function localShield(assembly: Assembly, origin: Tier | undefined): Tier | undefined {
  const { config } = assembly
  if (!runs(config, 'shield')) return undefined
  return assembleShield(assembly, origin ?? remoteOrigins(assembly, config.shieldDeadlineMs))
}

/** An edge asks shields where there are any, else origins. */
function remoteBelowEdge(assembly: Assembly): Tier {
  const { shields, edgeDeadlineMs: answerMs, hedgeMs } = assembly.config
  if (shields.length === 0) return remoteOrigins(assembly, answerMs)
  // Two shields that are asked for one picture meet again at its origin, which makes it once.
  return assembleUpstream(assembly, { urls: shields, keyOf: wholeKey, answerMs, hedgeMs })
}

/**
 * A second origin would load the source and make the picture a second time, so it is asked late; not where it would only
 * wait for the first one.
 */
const remoteOrigins = (assembly: Assembly, answerMs: number): Tier =>
  assembleUpstream(assembly, {
    urls: assembly.config.origins,
    keyOf: sourceKey,
    answerMs,
    hedgeMs: assembly.redis ? assembly.config.hedgeMs : answerMs / 2,
  })

/** Imported only where it runs: records, storage and the optimiser are much to load. */
async function localRecords(assembly: Assembly): Promise<KeptRecords | undefined> {
  if (!runs(assembly.config, 'api')) return undefined
  const { openKeptRecords } = await import('./assembly/kept-records.ts')
  return openKeptRecords(assembly)
}

async function localApi(assembly: Assembly, parts: ApiNeeds): Promise<Api> {
  const { assembleApi } = await import('./assembly/api.ts')
  return assembleApi(assembly, parts)
}

/** Imported only where there are sites: parsers of pages are much to load. */
async function localSites(
  assembly: Assembly,
  tiers: PictureTiers,
  purging: Purging,
): Promise<Sites | undefined> {
  if (assembly.config.sites.size === 0) return undefined
  const { assembleSites } = await import('./assembly/sites.ts')
  return assembleSites(assembly, tiers, purging)
}

/** Beside an API of the same process nobody else asks for pictures to be processed. */
async function localNode(assembly: Assembly): Promise<Listener | undefined> {
  if (!runs(assembly.config, 'processor') || runs(assembly.config, 'api')) return undefined
  const { assembleNode } = await import('./assembly/processing.ts')
  return assembleNode(assembly)
}
