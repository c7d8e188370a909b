// What runs on a worker's thread: one order, whose picture is moved and whose failure is copied back as plain values.
import { move, transferableSymbol, valueSymbol } from 'piscina'
import { type FailureMessage, toFailureMessage } from '../work/threads.ts'
import { type Bounds, type Made, make } from './make.ts'
import type { Order } from './processing.ts'

export interface Job extends Bounds {
  readonly order: Pick<Order, 'file' | 'edit' | 'optimise'>
}

export type Answer =
  | { readonly made: Made & { readonly body: Uint8Array<ArrayBuffer> }; readonly ms: number }
  | { readonly failure: FailureMessage }

export default async function work({ order, ...bounds }: Job): Promise<unknown> {
  const startedAt = performance.now()
  try {
    const { figures, body } = await make(order, bounds)
    // A copy of its own: memory that a library lent, or Node's shared pool, cannot be moved.
    const own = new Uint8Array(body)
    const answer: Answer = { made: { figures, body: own }, ms: performance.now() - startedAt }
    return move({ [transferableSymbol]: own.buffer, [valueSymbol]: answer })
  } catch (thrown) {
    return { failure: toFailureMessage(thrown) } satisfies Answer
  }
}
