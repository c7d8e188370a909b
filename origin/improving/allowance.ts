// A bounded share of the CPU: what was spent is earned back with time, and nothing more begins before it is.

export interface Allowance {
  /** Whether something may begin. */
  isLeft(now: number): boolean
  spend(cpuMs: number, now: number): void
}

export interface AllowanceOptions {
  /** Of all cores, from 0 to 1. */
  readonly share: number
  readonly cores: number
  readonly now: number
}

/** What an idle time saves up, in milliseconds of CPU: in any time T no more than share * cores * T and so much is spent. */
const mostSaved = 10_000

export function createAllowance({ share, cores, now: begin }: AllowanceOptions): Allowance {
  let left = mostSaved
  let at = begin

  function earn(now: number): void {
    // A clock that is set back earns nothing, and loses nothing.
    left = Math.min(mostSaved, left + Math.max(0, now - at) * share * cores)
    at = now
  }

  return {
    isLeft(now) {
      earn(now)
      return left > 0
    },
    spend(cpuMs, now) {
      earn(now)
      left -= cpuMs
    },
  }
}
