// Whether a node is asked or passed over, from what happened to it so far. Pure: time is an argument.

export interface Health {
  /** Failures since the last success. */
  readonly failures: number
  /** How often in a row the node was taken out; each time it stays out for longer. */
  readonly rounds: number
  /** Passed over before this moment; 0 while nothing is known against it. */
  readonly downUntil: number
}

export const healthy: Health = { failures: 0, rounds: 0, downUntil: 0 }

// One broken connection is an accident (a keep-alive connection closed while the ask was on its way); three in a row,
// with nothing in between, is a node that is gone.
const failuresUntilDown = 3
const firstDownMs = 1000
const longestDownMs = 30_000

export const isUp = (health: Health, now: number): boolean => now >= health.downUntil

/** After a connection that failed. Asks that were already on their way to a node that is out change nothing. */
export function afterFailure(health: Health, now: number): Health {
  const failed = { ...health, failures: health.failures + 1 }
  return isUp(health, now) && failed.failures >= failuresUntilDown ? takenOut(failed, now) : failed
}

/** Whether the next ask is the one that finds out if a node is back. */
export const isOnTrial = (health: Health, now: number): boolean => health.rounds > 0 && isUp(health, now)

/** While one ask tries the node, the others still pass it over: a node that swallows connections delays only one. */
export const duringTrial = (health: Health, now: number): Health => ({
  ...health,
  downUntil: now + firstDownMs,
})

export const afterFailedTrial = (health: Health, now: number): Health =>
  takenOut({ ...health, failures: health.failures + 1 }, now)

/** After a health check that failed: it was asked on purpose, so there is nothing to wait for. */
export function afterFailedCheck(health: Health, now: number): Health {
  return isUp(health, now) ? takenOut({ ...health, failures: health.failures + 1 }, now) : health
}

function takenOut(health: Health, now: number): Health {
  const downMs = Math.min(firstDownMs * 2 ** health.rounds, longestDownMs)
  return { ...health, rounds: health.rounds + 1, downUntil: now + downMs }
}
