// The purges that are remembered: the newest about each thing, and of a bounded number of things.
import { type LoggedPurge, type Purge, sourceIn, type Target } from './purge.ts'

export interface KeptPurges {
  /** Gives each purge its position, behind all that were added. */
  numbered(purges: readonly Purge[], now: number): readonly LoggedPurge[]
  add(purge: LoggedPurge): void
  /** The newest position; 0 without any. */
  newest(): number
  /** The position of the newest purge about exactly this; 0 without any. */
  about(target: Target, isSoft: boolean): number
  prefixes(): Iterable<LoggedPurge>
  /** In the order of their positions. */
  since(position: number): readonly LoggedPurge[]
}

export interface Bounds {
  /** Things that purges are remembered of, some 200 bytes each. */
  readonly most?: number
  /** Of these, prefixes: each is compared with an entry's path, once for every new purge. */
  readonly mostPrefixes?: number
}

export const usualBounds: Required<Bounds> = { most: 20_000, mostPrefixes: 1000 }

/**
 * Beyond its bounds the oldest purge is widened: from a picture or an address to its source, from a key to everything.
 * That takes for granted that an answer with a picture's key has the name of that picture's source among its keys too.
 */
export function createKeptPurges(bounds: Bounds = {}): KeptPurges {
  const { most, mostPrefixes } = { ...usualBounds, ...bounds }
  const byName = new Map<string, LoggedPurge>()
  const prefixes = new Map<string, LoggedPurge>()
  let newest = 0

  function add(purge: LoggedPurge): void {
    newest = Math.max(newest, purge.position)
    keep(purge)
    if (prefixes.size > mostPrefixes) widenFirst(prefixes)
    if (byName.size > most) widenFirst(byName)
  }

  function keep(purge: LoggedPurge): void {
    const name = nameOf(purge.target, purge.isSoft)
    const names = purge.target.kind === 'prefix' ? prefixes : byName
    if ((names.get(name)?.position ?? 0) >= purge.position) return
    // To the end: the first is the one that was named longest ago.
    names.delete(name)
    names.set(name, purge)
  }

  function widenFirst(names: Map<string, LoggedPurge>): void {
    const [first] = names
    if (first === undefined) return
    const [name, purge] = first
    names.delete(name)
    keep({ ...purge, target: widened(purge.target) })
  }

  const all = (): LoggedPurge[] => [...byName.values(), ...prefixes.values()]

  return {
    numbered: (purges, now) =>
      purges.map((purge, at) => ({ ...purge, position: Math.max(newest + 1, now) + at })),
    add,
    newest: () => newest,
    about: (target, isSoft) => byName.get(nameOf(target, isSoft))?.position ?? 0,
    prefixes: () => prefixes.values(),
    since: (position) =>
      all()
        .filter((purge) => purge.position > position)
        .sort((one, other) => one.position - other.position),
  }
}

const nameOf = (target: Target, isSoft: boolean): string =>
  `${isSoft ? 'soft' : 'hard'} ${target.kind} ${'value' in target ? target.value : ''}`

function widened(target: Target): Target {
  if (target.kind === 'picture') return { kind: 'key', value: target.source }
  if (target.kind === 'address' || target.kind === 'prefix')
    return { kind: 'key', value: sourceIn(target.value) }
  return { kind: 'everything' }
}
