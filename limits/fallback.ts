// Redis first, memory while it is away. No request waits for a Redis that does not answer: one that was under way gives up
// after `waitMs`, later ones do not ask. In the background it is tried again until it answers.
import type { Decision, Limiter } from './limiter.ts'
import type { MemoryLimiter } from './memory.ts'
import type { Claim } from './rules.ts'

export interface FallbackOptions {
  readonly shared: Limiter
  readonly local: MemoryLimiter
  /** How long a request may wait for the shared limiter. */
  readonly waitMs: number
  /** How often a shared limiter that is away is tried again. */
  readonly retryMs?: number
  /** Told of each change, with what was thrown when it went away. */
  readonly changed?: (isAway: boolean, cause?: unknown) => void
}

export interface FallbackLimiter extends Limiter {
  isAway(): boolean
  /** Ends the tries in the background. */
  close(): void
}

export function createFallbackLimiter(options: FallbackOptions): FallbackLimiter {
  const { shared, local, waitMs, retryMs = 250, changed = () => {} } = options
  let retry: NodeJS.Timeout | undefined
  let isAway = false
  let isClosed = false

  const ask = (claims: readonly Claim[]): Promise<Decision> => within(waitMs, async () => shared.take(claims))

  function leave(cause: unknown): void {
    if (isAway || isClosed) return
    isAway = true
    changed(true, cause)
    tryLater()
  }

  function tryLater(): void {
    if (isClosed) return
    retry = setTimeout(async () => {
      try {
        await ask([])
        isAway = false
        changed(false)
      } catch {
        tryLater()
      }
    }, retryMs)
    retry.unref()
  }

  return {
    async take(claims) {
      if (isAway) return local.take(claims)
      try {
        const decision = await ask(claims)
        // Who was out of requests is so still when Redis goes.
        local.note(claims, decision)
        return decision
      } catch (cause) {
        leave(cause)
        return local.take(claims)
      }
    },
    isAway: () => isAway,
    close() {
      isClosed = true
      clearTimeout(retry)
    },
  }
}

function within<T>(ms: number, work: () => Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const late = setTimeout(() => reject(new Error(`No answer within ${ms} ms.`)), ms)
    work()
      .then(resolve, reject)
      .finally(() => clearTimeout(late))
  })
}
