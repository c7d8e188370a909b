// One stored answer, with the moments of its life as they were fixed when it was stored.
import type { Times } from '../http/policy.ts'
import type { HeldAnswer } from '../tier.ts'

export interface Entry extends HeldAnswer, Times {
  readonly key: string
  /** The log's position when its making began: a purge about it with a greater one is newer than it. */
  readonly epoch: number
}

/** What an entry weighs in a store that is bounded in bytes: body, headers, key, and the objects around them. */
export function weigh(entry: Entry): number {
  let bytes = entry.body.length + entry.key.length * 2 + 400
  for (const name in entry.headers) bytes += (name.length + (entry.headers[name]?.length ?? 0)) * 2
  return bytes
}

/** One picture may take an eighth of a store, so that a single huge one never empties it. */
export const largestShare = 1 / 8
