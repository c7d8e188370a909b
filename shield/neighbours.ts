// A shield that was added or came back has none of the pictures that are now its own; the neighbour that had them until
// then is asked before the origin. It answers what it has and fetches nothing.
import type { Answer, Ask, Tier } from '../tier.ts'
import { isHeld } from '../tier.ts'

export interface NeighboursOptions {
  /** The other shields as one tier: first the one whose key this would be without us. */
  readonly neighbours: Tier
  /** Where the picture comes from otherwise. */
  readonly upstream: Tier
  /** Longer than this no neighbour is waited for. */
  readonly deadlineMs: number
  /** Whether a neighbour may have been purged of it a moment later than we were: then it is not asked. */
  readonly wasPurgedLately: (path: string) => boolean
  readonly observe?: (outcome: 'neighbour-hit' | 'neighbour-miss') => void
}

export function askNeighboursFirst(options: NeighboursOptions): Tier {
  const { neighbours, upstream, deadlineMs, wasPurgedLately, observe = () => {} } = options

  async function askNeighbour(ask: Ask): Promise<Answer | undefined> {
    const headers = { ...ask.headers, 'cache-control': 'only-if-cached' }
    const signal = AbortSignal.any([ask.signal, AbortSignal.timeout(deadlineMs)])
    const answer = await neighbours({ ...ask, headers, signal })
    const isFound = answer.status === 200 && isHeld(answer)
    observe(isFound ? 'neighbour-hit' : 'neighbour-miss')
    return isFound ? answer : undefined
  }

  return async (ask) => {
    const found = isPlain(ask) && !wasPurgedLately(ask.path) ? await askNeighbour(ask) : undefined
    return found ?? upstream(ask)
  }
}

/** Nothing is stored here, and a stored answer will do. */
const isPlain = ({ headers }: Ask): boolean =>
  headers['cache-control'] === undefined &&
  headers['if-none-match'] === undefined &&
  headers['if-modified-since'] === undefined
