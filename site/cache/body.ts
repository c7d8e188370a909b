// The bodies that a site's answers have: in memory, in stored parts, on their way, or some of each.
import { Readable } from 'node:stream'
import { Failure } from '../../errors.ts'
import type { ByteRange } from '../../tier.ts'
import type { OriginAnswer } from '../exchange.ts'
import type { SiteEntry } from './entry.ts'
import type { Fill } from './fill.ts'
import { partAt } from './parts.ts'
import type { SiteStore } from './store.ts'

export interface SiteBody {
  /** Bytes of the whole; undefined while that is not known. */
  readonly length: number | undefined
  /** The whole, where it is in memory. */
  readonly held?: Buffer
  /** Both ends included; the whole where no range is given. A stream that breaks off is destroyed with an error. */
  open(range?: ByteRange): Readable
  /** Nobody reads it. */
  discard?(): void
  /** Takes a chunk back that was sent: its bytes may be overwritten. Only where nobody else reads this body. */
  giveBack?(chunk: Buffer): void
}

export const heldBody = (held: Buffer): SiteBody => ({
  length: held.length,
  held,
  open: (range) => Readable.from([range ? held.subarray(range.start, range.end + 1) : held]),
})

/** A part that was read already. */
export interface FirstPart {
  readonly start: number
  readonly bytes: Buffer
}

export interface StoredBodyOptions {
  readonly store: SiteStore
  readonly entry: SiteEntry
  readonly first?: FirstPart | undefined
  /** Told when a part turns out to be gone. */
  readonly lost: () => void
}

export function storedBody({ store, entry, first, lost }: StoredBodyOptions): SiteBody {
  const { id, parts, total } = entry
  const read = async (start: number): Promise<Buffer | undefined> =>
    first?.start === start ? first.bytes : store.part({ id, start, total })
  return {
    length: total,
    open({ start, end } = { start: 0, end: total - 1 }) {
      let at = start
      return new Readable({
        // One part is in memory for each reader: the next is read when this one is sent.
        highWaterMark: 1,
        read() {
          const part = at > end ? undefined : partAt(parts, at)
          if (at > end) return void this.push(null)
          const reading = part ? read(part.start) : Promise.resolve(undefined)
          void reading.then((bytes) => {
            if (part === undefined || bytes === undefined || bytes.length !== part.length) {
              lost()
              return void this.destroy(new Failure('source-failed', 'A part of the stored answer is gone.'))
            }
            const wanted = bytes.subarray(at - part.start, end - part.start + 1)
            at += wanted.length
            this.push(wanted)
          })
        },
      })
    },
  }
}

/** A body that comes; it can be read by several. `start` is the place of its first byte in the whole. */
export const fillBody = (fill: Fill, length: number | undefined): SiteBody => ({
  length,
  open: fill.open,
})

/** A body that nobody else reads, as the origin sends it. */
export const passingBody = (
  { body, giveBack }: Pick<OriginAnswer, 'body' | 'giveBack'>,
  length: number | undefined,
): SiteBody => ({
  length,
  open: () => body,
  discard: () => void body.destroy(),
  ...(giveBack && { giveBack }),
})

/** A stored body with a hole that is being filled; what is read of it has the whole hole in it. */
export function joinedBody(
  stored: SiteBody,
  fill: Pick<Fill, 'open' | 'claim' | 'release'>,
  hole: ByteRange,
): SiteBody {
  return {
    length: stored.length,
    open({ start, end } = { start: 0, end: (stored.length ?? 0) - 1 }) {
      fill.claim()
      async function* pieces(): AsyncGenerator<Buffer> {
        try {
          if (start < hole.start) yield* stored.open({ start, end: Math.min(end, hole.start - 1) })
          yield* fill.open({ start: Math.max(start, hole.start), end: Math.min(end, hole.end) })
          if (end > hole.end) yield* stored.open({ start: Math.max(start, hole.end + 1), end })
        } finally {
          fill.release()
        }
      }
      return Readable.from(pieces(), { objectMode: false })
    },
  }
}

/** All of it, where it is no longer than `most` bytes. Reads it, and lets it go where it turns out too long. */
export async function wholeOf(body: SiteBody, most: number): Promise<Buffer | undefined> {
  if (body.held) return body.held.length <= most ? body.held : undefined
  const stream = body.open()
  if (body.length !== undefined && body.length > most) return void stream.destroy()
  // Put together while it comes: all of a long one at once would keep others waiting.
  let whole: Buffer = Buffer.allocUnsafeSlow(body.length ?? leastRoom)
  let bytes = 0
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    // Leaving the loop destroys the stream.
    if (bytes + chunk.length > most) return undefined
    if (bytes + chunk.length > whole.length) whole = withRoom(whole, bytes + chunk.length)
    chunk.copy(whole, bytes)
    bytes += chunk.length
  }
  return whole.subarray(0, bytes)
}

/** Of a body whose length nobody said. */
const leastRoom = 64 * 1024

function withRoom(filled: Buffer, bytes: number): Buffer {
  const larger = Buffer.allocUnsafeSlow(Math.max(bytes, 2 * filled.length))
  filled.copy(larger)
  return larger
}
