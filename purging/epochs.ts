// The newest purge about anything, as a number: what a cache compares each entry with.
import { type Bounds, createKeptPurges, type KeptPurges } from './kept.ts'
import type { PurgeLog } from './log.ts'
import { sourceIn } from './purge.ts'

/**
 * Positions of the newest purges that are about an entry; 0 where there is none. An entry's epoch is the position that
 * the log had when its making began: where that is smaller, it was purged since.
 */
export interface Purged {
  readonly hard: number
  readonly soft: number
}

/** What an entry is about. */
export interface Subject {
  /** The canonical address, with its options. */
  readonly path: string
  /** Surrogate keys, separated by blanks. While they are not known, every purge by key may be about it. */
  readonly keys?: string | undefined
}

export interface Epochs {
  /** Of the newest purge; it rises with every one. What begins to be made now has it as its epoch. */
  readonly position: number
  of(subject: Subject): Purged
}

export const neverPurged: Purged = { hard: 0, soft: 0 }

/** Of a cache that nobody purges. */
export const noEpochs: Epochs = { position: 0, of: () => neverPurged }

/** The newer of both: what began before it is not kept, and nobody who asks after it may join. */
export const latest = ({ hard, soft }: Purged): number => Math.max(hard, soft)

/** Knows all that the log has, and follows it from now on. */
export async function createEpochs(log: PurgeLog, bounds: Bounds = {}): Promise<Epochs> {
  const kept = createKeptPurges(bounds)
  const newestByKey = { hard: 0, soft: 0 }
  const apply: Parameters<PurgeLog['follow']>[0] = (purge) => {
    kept.add(purge)
    const { kind } = purge.target
    if (kind === 'key' || kind === 'picture') newestByKey[purge.isSoft ? 'soft' : 'hard'] = purge.position
  }
  // Followed first: what is logged meanwhile comes twice, and nothing is missed.
  log.follow(apply)
  for (const purge of await log.since(0)) apply(purge)
  return {
    get position() {
      return kept.newest()
    },
    of({ path, keys }) {
      if (kept.newest() === 0) return neverPurged
      const labels = [sourceIn(path), ...(keys?.split(' ') ?? [])]
      const newest = (isSoft: boolean): number =>
        Math.max(
          keys === undefined ? newestByKey[isSoft ? 'soft' : 'hard'] : 0,
          newestAbout(kept, { path, labels, isSoft }),
        )
      return { hard: newest(false), soft: newest(true) }
    },
  }
}

interface About {
  readonly path: string
  readonly labels: readonly string[]
  readonly isSoft: boolean
}

function newestAbout(kept: KeptPurges, { path, labels, isSoft }: About): number {
  let newest = kept.about({ kind: 'everything' }, isSoft)
  const see = (position: number): void => {
    if (position > newest) newest = position
  }
  see(kept.about({ kind: 'address', value: path }, isSoft))
  for (const value of labels) {
    see(kept.about({ kind: 'key', value }, isSoft))
    see(kept.about({ kind: 'picture', value, source: '' }, isSoft))
  }
  for (const purge of kept.prefixes())
    if (purge.isSoft === isSoft && 'value' in purge.target && path.startsWith(purge.target.value))
      see(purge.position)
  return newest
}
