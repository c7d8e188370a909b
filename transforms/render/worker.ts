// What runs on a worker's thread: one render, whose picture is moved and whose failure is copied back as plain values.
import { closeSync, openSync, readSync } from 'node:fs'
import { move, transferableSymbol, valueSymbol } from 'piscina'
import type { HandedOver } from '../../work/handover.ts'
import { type FailureMessage, toFailureMessage } from '../../work/threads.ts'
import type { Plan } from '../plan/plan.ts'
import type { Job } from '../processor.ts'
import { type Rendered, render } from './apply.ts'

export interface Order extends Pick<Job, 'source' | 'further' | 'facts' | 'lenient'> {
  readonly plan: Plan
  /** The operator's folder of fonts. */
  readonly fonts?: string | undefined
  /** ffmpeg's name on PATH, or its path. */
  readonly ffmpeg?: string | undefined
  readonly timeoutMs: number
}

export type Answer =
  | { readonly picture: Rendered; readonly renderMs: number }
  | { readonly failure: FailureMessage }

export default async function work({
  source,
  further = [],
  plan,
  facts,
  lenient = false,
  fonts,
  ffmpeg,
  timeoutMs,
}: Order): Promise<unknown> {
  const startedAt = performance.now()
  try {
    const bounds = { timeoutMs, facts, lenient, fonts, ffmpeg, further: further.map(bytesOf) }
    const picture = await render(bytesOf(source), plan, bounds)
    const body = new Uint8Array(picture.body)
    return moved({ picture: { ...picture, body }, renderMs: performance.now() - startedAt }, body.buffer)
  } catch (thrown) {
    return { failure: toFailureMessage(thrown) }
  }
}

/** The thread has nothing else to do: reading at once is the cheapest. */
function bytesOf(handed: HandedOver): Uint8Array {
  if (!('file' in handed)) return handed
  const file = openSync(handed.file, 'r')
  try {
    const bytes = Buffer.allocUnsafeSlow(handed.bytes)
    for (let at = 0; at < bytes.length; ) {
      const read = readSync(file, bytes, at, bytes.length - at, at)
      if (read === 0) throw new TypeError('a file that was handed over is shorter than it was')
      at += read
    }
    return bytes
  } finally {
    closeSync(file)
  }
}

/** Only what is handed over by name is moved; a buffer met deeper inside would arrive empty. */
const moved = (answer: Answer, buffer: ArrayBuffer): unknown =>
  move({ [transferableSymbol]: buffer, [valueSymbol]: answer })
