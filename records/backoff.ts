// How long to wait before the next try: anywhere up to a step that doubles each time.

export interface Backoff {
  readonly firstMs: number
  readonly mostMs: number
}

// The 20 tries of a job reach over 83 hours at most and 41 on average: a receiver may be down for a night.
const usual: Backoff = { firstMs: 5_000, mostMs: 12 * 3_600_000 }
export const usualAttempts = 20

/**
 * Full jitter: of a thousand deliveries that failed together, no two come back together. `attempt` is the one that
 * failed, counted from 1; `random` is from 0 to 1.
 */
export function backoff(attempt: number, random: number, { firstMs, mostMs }: Backoff = usual): number {
  return Math.round(random * Math.min(mostMs, firstMs * 2 ** Math.min(attempt - 1, 30)))
}
