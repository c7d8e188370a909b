// The wiring: stacks the tiers the configuration asks for, in one process or with the next one far away.
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Api } from './assembly/api.ts'
import { assembleEdge } from './assembly/edge.ts'
import { assembleFar } from './assembly/far.ts'
import { logStrangers } from './assembly/neighbours.ts'
import { assembleOperation, type Listener, withOperation } from './assembly/operation.ts'
import type { Assembly, Parts } from './assembly/parts.ts'
import { assemblePurging, type Purging } from './assembly/purging.ts'
import { assembleShield } from './assembly/shield.ts'
import { withoutEdge } from './assembly/without-edge.ts'
import { asFaultOfFolder, refuseUnwritable } from './assembly/writable.ts'
import type { Config, Role } from './config.ts'
import { noEpochs } from './purging/index.ts'
import type { Tier } from './tier.ts'
import { sourceKey, wholeKey } from './wire/upstreams.ts'

export type { Parts } from './assembly/parts.ts'

export interface Halftone {
  readonly listener: (request: IncomingMessage, response: ServerResponse) => void
  /** From now on /readyz says no, so that balancers look elsewhere before the listener closes. */
  drain(): void
  /** Waits for background work, then lets go of everything. */
  close(): Promise<void>
}

export async function createHalftone(parts: Parts): Promise<Halftone> {
  const assembly: Assembly = {
    ...parts,
    refused: logStrangers(parts),
    closing: [],
    faults: [],
    epochs: noEpochs,
  }
  let isDraining = false
  assembly.faults.push(() => (isDraining ? 'draining' : undefined))
  return {
    listener: await assembled(assembly),
    drain: () => {
      isDraining = true
    },
    close: () => closed(assembly),
  }
}

/** Throws a ConfigFault for what only shows when it is tried; whatever it throws, nothing is left running. */
async function assembled(assembly: Assembly): Promise<Listener> {
  await refuseUnwritable(assembly.config)
  try {
    return await stacked(assembly)
  } catch (thrown) {
    await closed(assembly)
    throw asFaultOfFolder(thrown, assembly.config)
  }
}

async function stacked(alone: Assembly): Promise<Listener> {
  const purging = await assemblePurging(alone)
  const assembly = { ...alone, epochs: purging.epochs }
  const origin = await nearOrigin(assembly)
  const shield = nearShield(assembly, origin)
  const operation = assembleOperation(assembly)
  const api = await nearApi(assembly, purging)
  if (runs(assembly.config, 'edge'))
    return assembleEdge(assembly, {
      upstream: shield ?? origin ?? farBelowEdge(assembly),
      operation,
      api,
      purging,
    })
  const node = await nearNode(assembly)
  return withOperation(
    assembly,
    operation,
    withoutEdge(assembly, { tier: shield ?? origin, api, node, purging }),
  )
}

async function closed({ closing }: Assembly): Promise<void> {
  for (const close of closing.reverse()) await close()
}

const runs = (config: Config, role: Role): boolean => config.roles.includes(role)

/** Imported only where an origin runs: a process without one never loads the pool, nor a worker of it sharp. */
async function nearOrigin(assembly: Assembly): Promise<Tier | undefined> {
  if (!runs(assembly.config, 'origin')) return undefined
  const { assembleOrigin } = await import('./assembly/origin.ts')
  return assembleOrigin(assembly)
}

function nearShield(assembly: Assembly, origin: Tier | undefined): Tier | undefined {
  const { config } = assembly
  if (!runs(config, 'shield')) return undefined
  return assembleShield(assembly, origin ?? farOrigins(assembly, config.shieldDeadlineMs))
}

/** An edge asks shields where there are any, else origins. */
function farBelowEdge(assembly: Assembly): Tier {
  const { shields, edgeDeadlineMs: answerMs, hedgeMs } = assembly.config
  if (shields.length === 0) return farOrigins(assembly, answerMs)
  // Two shields that are asked for one picture meet again at its origin, which makes it once.
  return assembleFar(assembly, { urls: shields, keyOf: wholeKey, answerMs, hedgeMs })
}

/** A second origin would load the source and make the picture a second time, so it is asked late. */
const farOrigins = (assembly: Assembly, answerMs: number): Tier =>
  assembleFar(assembly, { urls: assembly.config.origins, keyOf: sourceKey, answerMs, hedgeMs: answerMs / 2 })

/** Imported only where it runs: records, storage and the optimiser are much to load. */
async function nearApi(assembly: Assembly, purging: Purging): Promise<Api | undefined> {
  if (!runs(assembly.config, 'api')) return undefined
  const { assembleApi } = await import('./assembly/api.ts')
  return assembleApi(assembly, purging)
}

/** Beside an API of the same process nobody else asks for pictures to be processed. */
async function nearNode(assembly: Assembly): Promise<Listener | undefined> {
  if (!runs(assembly.config, 'processor') || runs(assembly.config, 'api')) return undefined
  const { assembleNode } = await import('./assembly/processing.ts')
  return assembleNode(assembly)
}
