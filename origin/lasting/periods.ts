// Where an entry lies in the bucket: below the period in which it was last put, so that whole periods can be removed.
//
// A key is <room>/aa/bb/cc/<hash>: aabbcc counts the periods since 1970 in hex. An entry is looked for in this period and
// in the one before. One that is found in the older is put again, so what is in use never goes; what nobody asked for in
// two periods does.
import { createHash } from 'node:crypto'

export interface Periods {
  /** The keys an entry may lie at, the newest first. The first is where it is put. */
  keysOf(key: string, now: number): readonly [newer: string, older: string]
  /** Below `under`, folders before this name hold nothing that is looked for any more. */
  endOf(now: number): { readonly under: string; readonly before: string }
}

/** `room` is the first part of all keys; `keepMs` is how long an entry is kept at least. */
export function createPeriods(room: string, keepMs: number): Periods {
  const periodAt = (now: number): number => Math.max(1, Math.floor(now / keepMs))
  return {
    keysOf(key, now) {
      const hash = createHash('sha256').update(key).digest('hex')
      const period = periodAt(now)
      const at = (when: number): string => `${room}/${folderOf(when)}/${hash}`
      return [at(period), at(period - 1)]
    },
    endOf: (now) => ({ under: `${room}/`, before: folderOf(periodAt(now) - 1) }),
  }
}

/** Sorts as the periods follow each other. */
const folderOf = (period: number): string =>
  period
    .toString(16)
    .padStart(6, '0')
    .replace(/(..)(..)(..)/, '$1/$2/$3')
