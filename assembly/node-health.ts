// How the health of nodes behind this process is told: in the log when it changes, and at /readyz.
import type { Log } from '../log.ts'
import type { Health } from '../wire/health.ts'

interface NodeState {
  readonly url: string
  readonly state: Health['state']
}

/** A node that refuses us is a wrong setting of ours, and stays so until somebody mends it. */
export function logHealth(
  log: Log,
  what: string,
  { url, kind }: { url: string; kind: Health['state'] },
): void {
  if (kind === 'refuses')
    log.error({ node: url, setting: 'HALFTONE_TIER_SECRET' }, `${what} refuses our tier secret`)
  else log.warn({ node: url }, `${what} is ${kind}`)
}

/** Why this process is not ready, where none of the nodes can be asked. */
export function healthFault(what: string, nodes: readonly NodeState[]): string | undefined {
  if (nodes.some(({ state }) => state === 'up')) return undefined
  return nodes.some(({ state }) => state === 'refuses')
    ? `no ${what} takes our HALFTONE_TIER_SECRET`
    : `no ${what} answers`
}
