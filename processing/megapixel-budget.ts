// How many megapixels may be worked on at once, by all threads together: memory goes by pixels, not by pictures.
import { Failure } from '../errors.ts'
import type { Facts } from '../transforms/index.ts'

/** A thread's place in memory that all threads share: the sum first, then what each place has taken. */
export interface BudgetSlot {
  readonly taken: Int32Array<SharedArrayBuffer>
  readonly index: number
  readonly maxMegapixels: number
}

export interface MegapixelBudget {
  /** A free place; there must be one. */
  openSlot(): BudgetSlot
  /** Gives back the place and what was taken there, by a thread that may have died since. */
  releaseSlot(slot: BudgetSlot): void
}

export function createMegapixelBudget(slots: number, maxMegapixels: number): MegapixelBudget {
  const taken = new Int32Array(new SharedArrayBuffer((slots + 1) * Int32Array.BYTES_PER_ELEMENT))
  const free = Array.from({ length: slots }, (_, i) => i + 1)
  return {
    openSlot: () => ({ taken, index: free.pop() ?? 0, maxMegapixels }),
    releaseSlot({ index }) {
      Atomics.sub(taken, 0, Atomics.exchange(taken, index, 0))
      Atomics.notify(taken, 0)
      free.push(index)
    },
  }
}

/**
 * On the thread itself, which has nothing else to do: waits until the others leave room. What is larger than all the
 * room there is waits until it is alone. Fails with 'late'.
 */
export function takeMegapixels(
  { taken, index, maxMegapixels }: BudgetSlot,
  megapixels: number,
  timeoutMs: number,
): void {
  const endsAt = performance.now() + timeoutMs
  for (;;) {
    const sum = Atomics.load(taken, 0)
    const fits = sum === 0 || sum + megapixels <= maxMegapixels
    if (fits && Atomics.compareExchange(taken, 0, sum, sum + megapixels) === sum) {
      Atomics.store(taken, index, megapixels)
      return
    }
    const leftMs = endsAt - performance.now()
    if (leftMs <= 0) throw new Failure('late', 'The picture took too long to make.')
    if (!fits) Atomics.wait(taken, 0, sum, leftMs)
  }
}

/** Drawn at once and in several versions, whatever size it says. */
const svgMegapixels = 4

/** All frames of a film are decoded together. */
export const countMegapixels = ({ format, width, height, pages, animated }: Facts): number =>
  format === 'svg' ? svgMegapixels : Math.ceil((width * height * (animated ? pages : 1)) / 1e6)
