// Work shared among members: a lease decides who does it, and its holder hands the answer to those who waited.
import { type HeldAnswer, isHeld, type Tier } from '../tier.ts'
import { type HeldAnswers, heldIn, heldPathOf } from './held-answers.ts'
import type { Lease, Leases } from './leases/lease.ts'
import type { Errand, Share, Shared } from './share.ts'

export interface SharingOptions {
  readonly leases: Leases
  readonly held: HeldAnswers
  /** Where others reach this member. */
  readonly self: string
  /** The member at an address, as a tier. */
  readonly memberAt: (url: string) => Tier
  readonly observe?: (outcome: ShareOutcome) => void
}

export type ShareOutcome =
  /** Done here, with the lease. */
  | 'made'
  /** Got from the member that had done it. */
  | 'received'
  /** Done here, because that member did not have it any more. */
  | 'lost'
  /** Done here, because nothing was known of the others. */
  | 'alone'

/** Of it others are told for so long; whoever has it in a cache gets it from there. */
export const holdMs = 10_000

export function createSharing(options: SharingOptions): Share {
  const { leases, held, self, memberAt, observe = () => {} } = options

  return async function share(errand): Promise<Shared> {
    for (;;) {
      const taken = await leases.take(errand.key)
      if (taken.kind === 'granted') return made(errand, taken.lease)
      if (taken.kind === 'done') return fetched(errand, taken.at)
      const landing = taken.kind === 'held' ? await taken.wait(errand.signal) : 'alone'
      if (landing === 'alone') return flown(errand, 'alone')
      if (landing !== 'look-again' && landing.at !== undefined) return fetched(errand, landing.at)
    }
  }

  /** Our own work, or that of a member that passed us over and was done first. */
  async function made(errand: Errand, lease: Lease): Promise<Shared> {
    const flying = landed(errand, lease)
    // Where the other one's work is taken nobody listens to how ours ends.
    flying.catch(() => {})
    const overtaken = lease.overtaken.then((at) => receive(errand, at)).catch(() => undefined)
    return (await Promise.race([flying, overtaken])) ?? flying
  }

  async function landed(errand: Errand, lease: Lease): Promise<Shared> {
    try {
      const answer = await errand.fly()
      const keepMs = answer && isHeld(answer) ? errand.keepMs(answer) : undefined
      if (keepMs === undefined) lease.release({}, 0)
      else {
        // First held, then told.
        held.put(errand.key, answer as HeldAnswer)
        lease.release({ at: self }, Math.min(keepMs, holdMs))
      }
      observe('made')
      return { answer }
    } catch (thrown) {
      lease.release({}, 0)
      throw thrown
    }
  }

  async function fetched(errand: Errand, at: string): Promise<Shared> {
    return (await receive(errand, at)) ?? flown(errand, 'lost')
  }

  async function receive({ key, signal }: Errand, at: string): Promise<Shared | undefined> {
    const headers = { 'cache-control': 'only-if-cached' }
    const found = heldIn(await memberAt(at)({ path: heldPathOf(key), headers, signal }))
    if (found) observe('received')
    return found
  }

  async function flown(errand: Errand, outcome: ShareOutcome): Promise<Shared> {
    observe(outcome)
    return { answer: await errand.fly() }
  }
}
