// What runs on a worker's thread: one render, whose picture is moved and whose failure is copied back as plain values.
import { readFileSync } from 'node:fs'
import { move, transferableSymbol, valueSymbol } from 'piscina'
import type { HandedOver } from '../../work/handover.ts'
import { type FailureMessage, toFailureMessage } from '../../work/threads.ts'
import type { Job } from '../processor.ts'
import { type Rendered, render } from './apply.ts'

export interface Order extends Pick<Job, 'plan' | 'facts' | 'lenient'> {
  readonly source: HandedOver
  readonly timeoutMs: number
}

export type Answer =
  | { readonly picture: Rendered; readonly renderMs: number }
  | { readonly failure: FailureMessage }

export default async function work({
  source,
  plan,
  facts,
  lenient = false,
  timeoutMs,
}: Order): Promise<unknown> {
  const startedAt = performance.now()
  try {
    // The thread has nothing else to do: reading at once is the cheapest.
    const bytes = 'file' in source ? readFileSync(source.file) : source
    const picture = await render(bytes, plan, { timeoutMs, facts, lenient })
    const body = new Uint8Array(picture.body)
    return moved({ picture: { ...picture, body }, renderMs: performance.now() - startedAt }, body.buffer)
  } catch (thrown) {
    return { failure: toFailureMessage(thrown) }
  }
}

/** Only what is handed over by name is moved; a buffer met deeper inside would arrive empty. */
const moved = (answer: Answer, buffer: ArrayBuffer): unknown =>
  move({ [transferableSymbol]: buffer, [valueSymbol]: answer })
