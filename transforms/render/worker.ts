// What runs on a worker's thread: one render, or one stage of several, whose result is handed over and whose failure is
// copied back as plain values.
import { closeSync, openSync, readSync } from 'node:fs'
import { move, transferableSymbol, valueSymbol } from 'piscina'
import { type FailureMessage, toFailureMessage } from '../../work/failure-message.ts'
import type { HandedOver } from '../../work/handover.ts'
import { letGo } from '../pixels/run.ts'
import type { Plan } from '../plan/plan.ts'
import type { Job } from '../processor.ts'
import { type Rendered, render } from './apply.ts'
import type { Bounds } from './reading.ts'
import type { Divisor } from './sharing/shares.ts'
import type { Shared } from './sharing/stages.ts'

export interface Order extends Pick<Job, 'source' | 'further' | 'facts' | 'lenient'> {
  readonly plan: Plan
  /** The operator's folder of fonts. */
  readonly fonts?: string | undefined
  /** ffmpeg's name on PATH, or its path. */
  readonly ffmpeg?: string | undefined
  readonly timeoutMs: number
  /** Only a part of the way to the picture, or from where another has come already. */
  readonly stage?: StageOrder
}

export interface StageOrder {
  /** A base of this size, pixels for several encoders, or the file. */
  readonly make: { readonly base: Divisor } | 'pixels' | 'picture'
  /** What it is made from, where that is not the source. */
  readonly base?: Shared
  readonly finished?: Shared
  /** For what is kept. */
  readonly memory?: SharedArrayBuffer
}

export type Answer =
  | { readonly picture: Rendered; readonly renderMs: number }
  | { readonly failure: FailureMessage }

export type StageAnswer = Answer | { readonly pixels: Shared; readonly renderMs: number }

export default async function work(order: Order): Promise<unknown> {
  const startedAt = performance.now()
  try {
    const read: Uint8Array[] = []
    const made = await makingOf(order, (handed) => {
      const bytes = bytesOf(handed)
      read.push(bytes)
      return bytes
    })
    const renderMs = performance.now() - startedAt
    if ('channels' in made) {
      read.forEach(letGo)
      return { pixels: made, renderMs } satisfies StageAnswer
    }
    const body = new Uint8Array(made.body)
    for (const bytes of [...read, made.body]) letGo(bytes)
    return moved({ picture: { ...made, body }, renderMs }, body.buffer)
  } catch (thrown) {
    return { failure: toFailureMessage(thrown) }
  }
}

async function makingOf(order: Order, read: (handed: HandedOver) => Uint8Array): Promise<Rendered | Shared> {
  const { source, further = [], plan, facts, lenient = false, fonts, ffmpeg, timeoutMs, stage } = order
  const bounds: Bounds = { timeoutMs, facts, lenient, fonts, ffmpeg, further: further.map(read) }
  if (!stage) return render(read(source), plan, bounds)
  // Loaded only here: a picture that is alone has no stages.
  const { baseOf, finishedPixels, pictureFrom } = await import('./sharing/stages.ts')
  const { make, base, finished, memory = new SharedArrayBuffer(0) } = stage
  const way = { plan, facts, bounds, memory }
  if (finished) return pictureFrom({ finished }, way)
  const origin = base ? { base } : { source: read(source) }
  if (make === 'pixels') return finishedPixels(origin, way)
  return make === 'picture' ? pictureFrom(origin, way) : baseOf(origin, make.base, way)
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
