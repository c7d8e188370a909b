// Reads the chunks of a body, and fails when its sender stalls or sends too slowly.
import type { Readable } from 'node:stream'
import { Failure } from '../../errors.ts'

export interface StallWatch {
  /** The longest silence. */
  readonly stallMs: number
  readonly signal?: AbortSignal | undefined
  /** How it fails when it is too slow, and when it breaks off. */
  readonly slow: () => Failure
  readonly torn: (cause: unknown) => Failure
}

/** Of a request, whoever reads it. */
export const requestFailures: Pick<StallWatch, 'slow' | 'torn'> = {
  slow: () => new Failure('stalled', 'The body of the request came too slowly.'),
  torn: (cause) => new Failure('bad-body', 'The body of the request breaks off.', { cause }),
}

/**
 * What a body must bring on average, measured over each `stallMs` of waiting: a byte now and then is no silence, and
 * would hold a file for ever. The slowest mobile networks still bring ten times as much.
 */
const leastBytesPerSecond = 1024

/**
 * Only the time spent waiting for the sender counts: while the disk is slow nothing is read, and a sender cannot send.
 * The body stays as it is when the reader leaves early, unlike with its own iterator, which would destroy it, and with
 * it the connection that still has to carry the answer.
 */
export async function* chunksOf(body: Readable, watch: StallWatch): AsyncGenerator<Buffer, void> {
  const bell = createBell(body)
  const admit = createPace(watch)
  try {
    for (;;) {
      const chunk = body.read() as Buffer | null
      if (watch.signal?.aborted) throw abandonment()
      if (chunk !== null) {
        admit(chunk.length, 0)
        yield chunk
      } else if (body.readableEnded) return
      else if (bell.error !== undefined || body.destroyed) throw watch.torn(bell.error)
      else admit(0, await bell.rung(watch))
    }
  } finally {
    bell.remove()
  }
}

function createPace({ stallMs, slow }: StallWatch): (bytes: number, waitedMs: number) => void {
  let bytes = 0
  let waitedMs = 0
  return (moreBytes, moreMs) => {
    bytes += moreBytes
    waitedMs += moreMs
    if (waitedMs < stallMs) return
    if (bytes < (leastBytesPerSecond * waitedMs) / 1000) throw slow()
    bytes = 0
    waitedMs = 0
  }
}

const events = ['readable', 'end', 'close'] as const

/** Rings when something about the stream changed. */
function createBell(body: Readable) {
  let ring = () => {}
  const bell = { error: (body.errored ?? undefined) as unknown, rung, remove }
  const changed = () => ring()
  for (const event of events) body.on(event, changed)
  // Stays for good: a body that fails later, while nobody reads it, must not end the process.
  body.on('error', (error) => {
    bell.error = error
    ring()
  })
  /** Milliseconds waited. */
  async function rung({ stallMs, signal, slow }: StallWatch): Promise<number> {
    // Not the time of day: somebody may set it meanwhile.
    const begun = performance.now()
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    ring = resolve
    const timer = setTimeout(() => reject(slow()), stallMs)
    const leave = () => reject(abandonment())
    signal?.addEventListener('abort', leave)
    try {
      await promise
      return performance.now() - begun
    } finally {
      clearTimeout(timer)
      signal?.removeEventListener('abort', leave)
    }
  }
  function remove() {
    for (const event of events) body.off(event, changed)
  }
  return bell
}

export const abandonment = (): Failure => new Failure('abandoned', 'Nobody waits for this file any more.')
