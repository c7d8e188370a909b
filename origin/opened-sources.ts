// Sources that were opened lately: their facts are known and their bytes lie where a child reads them, so that the next
// picture of one needs neither its bytes nor a look at them.
import { LRUCache } from 'lru-cache'
import { type Facts, identifySource } from '../transforms/index.ts'
import type { Handover, Loan } from '../work/handover.ts'
import { mayBeKept } from './caching.ts'
import type { Source } from './loader.ts'

export interface OpenedSource extends Loan {
  readonly facts: Facts
}

/** Undefined when the source changed since it was found. Fails as `Source.read` and `identify` do. */
export type OpenSource = (source: Source, signal: AbortSignal) => Promise<OpenedSource | undefined>

/** Some 500 bytes each. */
const mostFacts = 10_000

export function createOpener(handover: Handover): OpenSource {
  const known = new LRUCache<string, Facts>({ max: mostFacts })

  async function look(source: Source, signal: AbortSignal): Promise<OpenedSource | undefined> {
    const bytes = await source.read(signal)
    if (bytes === undefined) return undefined
    const facts = known.get(source.version) ?? identifySource(bytes)
    known.set(source.version, facts)
    return { facts, ...(await handover.lend(source.version, bytes)) }
  }

  async function open(source: Source, signal: AbortSignal): Promise<OpenedSource | undefined> {
    const facts = known.get(source.version)
    const loan = facts && (await handover.find(source.version))
    return facts && loan ? { facts, ...loan } : look(source, signal)
  }

  return async (source, signal) => {
    const opened = await open(source, signal)
    if (!opened || mayBeKept(source.caching.shared)) return opened
    // What no shared cache may keep does not lie here either.
    const giveBack = (): void => {
      opened.giveBack()
      handover.forget(source.version)
    }
    return { ...opened, giveBack }
  }
}
