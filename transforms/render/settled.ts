// Settles a pass that leaves something to the pixels: where a border ends, and where faces are.
import type { Facts } from '../facts.ts'
import { passesOf, waitsForPixels } from '../plan/passes.ts'
import type { Pass, Plan } from '../plan/plan.ts'
import type { Aim } from '../processor.ts'
import { trimmed } from './content.ts'
import { wholeSeconds } from './reading.ts'
import type { Some, Start } from './start.ts'

/** A plan, and what is known of its source so far. */
export interface Known {
  readonly plan: Plan
  readonly facts: Facts
}

export interface Settled extends Known {
  readonly faces?: Aim
}

export interface Ground {
  /** These bytes tell its pixels from all others. */
  readonly bytes: Uint8Array
  /** What the pass is done to. */
  start(known: Known): Start
  readonly timeoutMs: number
}

/** The pass of this number; undefined where it would change nothing. */
export const passAt = (plan: Plan, nth: number): Pass | undefined =>
  passesOf(plan).find((pass) => (pass.nth ?? 0) === nth)

/** The plan once this pass of it is settled. Fails with 'too-costly' where it costs much more than was foreseen. */
export async function settled(
  known: Known,
  nth: number,
  { bytes, start, timeoutMs }: Ground,
): Promise<Settled> {
  const pass = passAt(known.plan, nth)
  if (!pass || !waitsForPixels(pass)) return known
  const open = async (known: Known, some?: Some) => {
    // In sRGB whatever the result's colours are, so that the same is found.
    const { space: _, ...plan } = known.plan
    const { image, size } = await start({ ...known, plan }).open(some)
    return { image: image.timeout({ seconds: wholeSeconds(timeoutMs) }), size }
  }
  const cut = await trimmed(known, pass, { facts: start(known).facts, open: () => open(known) })
  const left = passAt(cut.plan, nth)
  if (!left?.faces) return cut
  // Loaded only here: other renders need no detector.
  const { aimed } = await import('./faces.ts')
  return aimed(cut, left, { source: bytes, open: () => open(cut, { animated: false, pages: 1 }) })
}
