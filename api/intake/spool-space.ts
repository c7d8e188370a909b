// Limits how many bytes may be in the spool at once.
import { Failure } from '../../errors.ts'

/** Counts bytes that have arrived, not announced ones: anybody could announce bytes at no cost and shut others out. */
export interface SpoolSpace {
  /** Fails with 'busy' when so much more would not go in now. */
  check(bytes: number): void
  /** Fails with 'busy' when there is no room; nothing is taken then. */
  take(bytes: number): void
  give(bytes: number): void
}

export function createSpoolSpace(totalBytes: number): SpoolSpace {
  let taken = 0
  const check = (bytes: number) => {
    if (taken + bytes > totalBytes) throw spoolFull()
  }
  return {
    check,
    take(bytes) {
      check(bytes)
      taken += bytes
    },
    give(bytes) {
      taken -= bytes
    },
  }
}

export const spoolFull = (cause?: unknown): Failure =>
  new Failure('busy', 'Too much is being received at once.', { cause })
