// What is known of one node: learned from every answer, and from checks whenever there is doubt.
import { Failure } from '../errors.ts'
import {
  afterAnswer,
  afterCheck,
  afterFailure,
  afterRefusal,
  type CheckResult,
  type Health,
  healthy,
} from './health.ts'

export interface HealthWatchOptions {
  /** Asks the node how it is, within a time of its own. Never rejects. */
  readonly probe: () => Promise<CheckResult>
  /** Whether a failure speaks against the node, and not against what it was asked for. */
  readonly isFault: (failure: unknown) => boolean
  readonly changed: (state: Health['state']) => void
}

export interface HealthWatch {
  state(): Health['state']
  /**
   * Runs an exchange with the node and learns from its end. While it takes long the node is checked; `silent` is called
   * when such a check is not answered either: the exchange may go on, but nobody should wait for it alone.
   */
  during<T>(exchange: () => Promise<T>, silent: () => void): Promise<T>
  /** Checks the node; who comes while a check is under way shares it. Never rejects. */
  check(): Promise<void>
}

// Hits of a shield take milliseconds and renders may take seconds; a check is cheap, and costs the render nothing.
const doubtMs = 500

export function createHealthWatch({ probe, isFault, changed }: HealthWatchOptions): HealthWatch {
  const waiting = new Set<() => void>()
  let health = healthy
  let checking: Promise<void> | undefined

  function learn(next: Health): void {
    const before = health.state
    health = next
    if (next.state !== before) changed(next.state)
  }

  async function runCheck(): Promise<void> {
    const found = await probe()
    learn(afterCheck(health, found))
    if (found === 'silent') for (const silent of [...waiting]) silent()
  }

  function check(): Promise<void> {
    checking ??= runCheck().finally(() => {
      checking = undefined
    })
    return checking
  }

  return {
    state: () => health.state,
    check,
    async during(exchange, silent) {
      const doubt = setTimeout(check, doubtMs)
      waiting.add(silent)
      try {
        const result = await exchange()
        learn(afterAnswer(health))
        return result
      } catch (thrown) {
        if (thrown instanceof Failure && thrown.kind === 'tier-refused') learn(afterRefusal(health))
        else if (isFault(thrown)) learn(afterFailure(health))
        throw thrown
      } finally {
        clearTimeout(doubt)
        waiting.delete(silent)
      }
    },
  }
}

/**
 * A node that is out is checked more often, because every second counts in which it is well again and not asked.
 */
const soonMs = 1000

type CheckedNode = Pick<HealthWatch, 'check' | 'state'>
export type Every = (ms: number, run: () => Promise<unknown>) => () => void

/**
 * Checks all nodes at once, then every `ms`, and nodes that are out every second. The returned function stops it.
 */
export function startChecks(nodes: readonly CheckedNode[], ms: number, every: Every = interval): () => void {
  const checks = (wanted: readonly CheckedNode[]) => Promise.all(wanted.map((node) => node.check()))
  const stops = [
    every(ms, () => checks(nodes)),
    every(soonMs, () => checks(nodes.filter((node) => node.state() !== 'up'))),
  ]
  return () => {
    for (const stop of stops) stop()
  }
}

/** Now and then again and again. Checks never keep a process alive that has nothing else to do. */
function interval(ms: number, run: () => Promise<unknown>): () => void {
  run()
  const timer = setInterval(run, ms).unref()
  return () => clearInterval(timer)
}
