// Better answers in the background: one at a time, the most worthy first, and only while nobody waits for anything else.
// Nothing of it outlives the process. What is forgotten is found again when it is asked for again.
import { asFailure } from '../../errors.ts'
import { createAllowance } from './allowance.ts'
import { type Candidate, createCandidates } from './candidates.ts'

export type { Candidate, Way } from './candidates.ts'

/** What came of one. */
export type Improved =
  /** 'same': the first answer was as good as it gets. */
  | {
      readonly outcome: 'better' | 'same'
      readonly before: number
      readonly after: number
    }
  /** There is nothing to improve any more. */
  | { readonly outcome: 'gone' }

export type ImproverEvent =
  | { readonly outcome: 'better' | 'same'; readonly savedBytes: number }
  | { readonly outcome: 'gone' | 'failed' | 'dropped' }

export interface ImproverOptions {
  /** Makes the better answer and keeps it. */
  improve(path: string, signal: AbortSignal): Promise<Improved>
  /** Whether nobody waits, and there is a core left. */
  readonly isQuiet: () => boolean
  /** Of all cores, from 0 to 1. */
  readonly share: number
  readonly cores: number
  readonly now: () => number
  readonly observe: (event: ImproverEvent) => void
}

export interface Improver {
  /** A first answer was used so many more times. */
  note(candidate: Candidate, uses: number): void
  waiting(): number
  /** Settles when nothing is under way. */
  idle(): Promise<void>
  /** Nothing more begins. */
  close(): Promise<void>
}

const mostWaiting = 1000
/** How often it looks whether it is quiet, while something waits. */
const lookMs = 500

export function createImprover(options: ImproverOptions): Improver {
  const { improve, isQuiet, now, observe } = options
  const candidates = createCandidates(mostWaiting)
  const allowance = createAllowance({ ...options, now: now() })
  const ending = new AbortController()
  let running: Promise<void> | undefined
  let look: NodeJS.Timeout | undefined

  function go(): void {
    if (running || ending.signal.aborted) return
    clearTimeout(look)
    const next = isQuiet() && allowance.isLeft(now()) ? candidates.next(now()) : undefined
    if (next) running = carryOut(next)
    else if (candidates.size() > 0) look = setTimeout(go, lookMs).unref()
  }

  async function carryOut(candidate: Candidate): Promise<void> {
    const startedAt = performance.now()
    const improved = await improve(candidate.path, ending.signal).catch(asFailure)
    // No less than the CPU that it took, and more where others had the core: then the next one comes later, too.
    allowance.spend(performance.now() - startedAt, now())
    tell(candidate, improved)
    running = undefined
    go()
  }

  function tell({ by }: Candidate, improved: Improved | Error): void {
    if (!('outcome' in improved)) observe({ outcome: 'failed' })
    else if (improved.outcome === 'gone') observe(improved)
    else {
      candidates.learn(by, improved)
      observe({ outcome: improved.outcome, savedBytes: improved.before - improved.after })
    }
  }

  return {
    note(candidate, uses) {
      const dropped = candidates.note(candidate, uses, now())
      if (dropped) observe({ outcome: 'dropped' })
      go()
    },
    waiting: () => candidates.size(),
    async idle() {
      await running
    },
    async close() {
      ending.abort()
      clearTimeout(look)
      await running
    },
  }
}
