// Runs on a worker's thread: carries out one order. The picture is moved back, a failure is copied as plain values.
import { move, transferableSymbol, valueSymbol } from 'piscina'
import { type FailureMessage, toFailureMessage } from '../work/failure-message.ts'
import { type OrderBounds, type OrderResult, processOrder } from './process-order.ts'
import type { Order } from './processing.ts'

export interface WorkerJob extends OrderBounds {
  readonly order: Pick<Order, 'file' | 'edit' | 'optimise'>
}

export type WorkerAnswer =
  | { readonly made: OrderResult & { readonly body: Uint8Array<ArrayBuffer> }; readonly ms: number }
  | { readonly failure: FailureMessage }

export default async function work({ order, ...bounds }: WorkerJob): Promise<unknown> {
  const startedAt = performance.now()
  try {
    const { figures, body } = await processOrder(order, bounds)
    // A copy, as memory of a library, or of Node's shared pool, cannot be moved.
    const own = new Uint8Array(body)
    const answer: WorkerAnswer = { made: { figures, body: own }, ms: performance.now() - startedAt }
    return move({ [transferableSymbol]: own.buffer, [valueSymbol]: answer })
  } catch (thrown) {
    return { failure: toFailureMessage(thrown) } satisfies WorkerAnswer
  }
}
