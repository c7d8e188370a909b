// Whether a node is asked or passed over, from what happened to it so far. Pure.

export interface Health {
  /** Failures since the last success. */
  readonly failures: number
  /** Only an 'up' node is asked. A node that 'refuses' is well, and does not take our secret. */
  readonly state: 'up' | 'down' | 'refuses'
}

/**
 * The outcome of a check. 'silent': the node did not answer at all. 'ill': it answered badly, or could not be reached.
 */
export type CheckResult = 'well' | 'ill' | 'silent' | 'refuses'

export const healthy: Health = { failures: 0, state: 'up' }

// One broken connection is an accident (a keep-alive connection closed while the ask was on its way); three in a row,
// with nothing in between, is a node that is gone.
const failuresUntilDown = 3

/** After an answer to a visitor. It brings no node back: it may have been under way since before the node hung. */
export const afterAnswer = (health: Health): Health => (health.state === 'up' ? healthy : health)

/** After an ask that could not be delivered, or was not answered within its deadline. */
export function afterFailure({ failures, state }: Health): Health {
  const isEnough = failures + 1 >= failuresUntilDown
  return { failures: failures + 1, state: state === 'up' && isEnough ? 'down' : state }
}

export const afterRefusal = (health: Health): Health => ({ ...health, state: 'refuses' })

/** A check was asked on purpose, so one is enough, either way; and nothing else ends the time that a node is out. */
export function afterCheck(health: Health, found: CheckResult): Health {
  if (found === 'well') return healthy
  return found === 'refuses' ? afterRefusal(health) : { failures: health.failures + 1, state: 'down' }
}
