// A budget of megapixels that all threads share: memory depends on pixels, not on the number of pictures.
import { Failure } from '../errors.ts'
import type { Facts } from '../transforms/index.ts'

/** A thread's slot in shared memory. The memory holds the sum first, then the megapixels that each slot has taken. */
export interface BudgetSlot {
  readonly taken: Int32Array<SharedArrayBuffer>
  readonly index: number
  readonly maxMegapixels: number
}

export interface MegapixelBudget {
  /** Opens a free slot; there must be one. */
  openSlot(): BudgetSlot
  /** Frees the slot and the megapixels taken there. The thread may have died since. */
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
 * Called on the worker's thread, which it blocks until enough of the budget is free. A picture larger than the whole budget
 * waits until it is alone. Fails with 'late' after `timeoutMs`.
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

/** An SVG is drawn in a few versions of at most so many megapixels, whatever size it has. */
const svgMegapixels = 4

/** All frames of an animation count, as they are decoded together. */
export const countMegapixels = ({ format, width, height, pages, animated }: Facts): number =>
  format === 'svg' ? svgMegapixels : Math.ceil((width * height * (animated ? pages : 1)) / 1e6)
