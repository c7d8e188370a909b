// What runs on a worker's thread: one render, whose picture is moved and whose failure is copied back as plain values.
import { move, transferableSymbol, valueSymbol } from 'piscina'
import { asFailure, type FailureKind } from '../../errors.ts'
import type { Job } from '../processor.ts'
import { type Rendered, render } from './apply.ts'

export interface Order extends Pick<Job, 'source' | 'plan'> {
  readonly timeoutMs: number
}

/** Classes do not survive the way between threads, so failures travel as their kind and words. */
export type Answer =
  | { readonly picture: Rendered; readonly renderMs: number }
  | { readonly failure: { readonly kind: FailureKind; readonly message: string; readonly cause: string } }

export default async function work({ source, plan, timeoutMs }: Order): Promise<unknown> {
  const startedAt = performance.now()
  try {
    const picture = await render(source, plan, { timeoutMs })
    return moved({ picture, renderMs: performance.now() - startedAt }, picture.body.buffer)
  } catch (thrown) {
    const { kind, message, cause } = asFailure(thrown)
    return { failure: { kind, message, cause: cause instanceof Error ? (cause.stack ?? '') : String(cause) } }
  }
}

/** Only what is handed over by name is moved; a buffer met deeper inside would arrive empty. */
const moved = (answer: Answer, buffer: ArrayBuffer): unknown =>
  move({ [transferableSymbol]: buffer, [valueSymbol]: answer })
