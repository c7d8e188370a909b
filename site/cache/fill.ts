// A body on its way from the origin: read by as many as may have it, each at its own pace, and stored while it comes. In
// memory stand the part that is being received, and parts that are being written.
import { Readable } from 'node:stream'
import type { ByteRange } from '../../tier.ts'
import { type Part, partEnd } from './parts.ts'

export interface FillOptions {
  readonly source: Readable
  /** Where in the whole body the first byte belongs. */
  readonly start: number
  /** Bytes that come, where that is known. */
  readonly length?: number | undefined
  /** Bodies up to here are kept in one piece. They come as fast as the origin sends them, however slow the reader is. */
  readonly heldBytes: number
  /** A longer body is read to its end, in parts like any other, and is no stored answer in the end. */
  readonly mostBytes: number
  readonly putPart: (start: number, bytes: Buffer) => Promise<void>
  readonly getPart: (start: number) => Promise<Buffer | undefined>
  /** Takes back what was received: it lies in a part by then. */
  readonly giveBack?: ((chunk: Buffer) => void) | undefined
}

export interface Filled {
  /** The whole, where it is small. */
  readonly held: Buffer | undefined
  readonly parts: readonly Part[]
  /** Bytes received. */
  readonly bytes: number
}

export interface Fill {
  /** A reader counts as a claim until it is closed. */
  open(range?: ByteRange): Readable
  /** Without claims before its end the origin is left. */
  claim(): void
  release(): void
  /** What was put into parts so far. */
  parts(): readonly Part[]
  /** It has broken off, or was left: nobody can read it. */
  isBroken(): boolean
  /** Comes to its end also where nobody reads. */
  drain(): void
  /** Rejects when the body broke off, or nobody wanted it any more. */
  readonly filled: Promise<Filled>
}

/** Of a body whose length nobody said. */
const leastRoom = 16 * 1024

/** Parts on their way to the disk; beyond that the origin waits. */
const mostWriting = 2

export function createFill({
  source,
  start,
  length,
  heldBytes,
  mostBytes,
  putPart,
  getPart,
  giveBack,
}: FillOptions): Fill {
  const outcome = Promise.withResolvers<Filled>()
  outcome.promise.catch(() => {})
  const parts: Part[] = []
  const writing = new Map<number, Buffer>()
  const wakers = new Set<() => void>()
  let partStart = start
  /** The part that is being received; it has room for more. */
  let part = noBytes
  let received = start
  let ended: 'no' | 'whole' | Error = 'no'
  let claims = 0
  let isDraining = false

  function wake(): void {
    const waiting = [...wakers]
    wakers.clear()
    for (const each of waiting) each()
  }

  /** The origin sends on while somebody waits for it, or while all of it may be held. */
  function flow(): void {
    if (ended !== 'no') return
    const isWanted = wakers.size > 0 || isDraining || received - start < heldBytes
    if (isWanted && writing.size < mostWriting) source.resume()
    else source.pause()
  }

  function cut(): void {
    const bytes = receivedOfPart()
    const at = partStart
    part = noBytes
    partStart = received
    if (bytes.length === 0) return
    parts.push({ start: at, length: bytes.length })
    writing.set(at, bytes)
    void putPart(at, bytes).then(() => {
      writing.delete(at)
      flow()
    })
  }

  const receivedOfPart = (): Buffer => part.subarray(0, received - partStart)

  /** As much as is known to come, else twice as much as there is. */
  function makeRoom(bytes: number): void {
    if (bytes <= part.length) return
    const most = partEnd(partStart) - partStart
    const usual = length === undefined ? Math.max(2 * bytes, leastRoom) : start + length - partStart
    const larger = Buffer.allocUnsafeSlow(Math.max(bytes, Math.min(usual, most)))
    receivedOfPart().copy(larger)
    part = larger
  }

  function take(bytes: Buffer): void {
    for (let taken = 0; taken < bytes.length; ) {
      const piece = Math.min(bytes.length - taken, partEnd(received) - received)
      makeRoom(received - partStart + piece)
      bytes.copy(part, received - partStart, taken, taken + piece)
      received += piece
      taken += piece
      if (received === partEnd(partStart)) cut()
    }
    giveBack?.(bytes)
    wake()
    flow()
  }

  function end(how: 'whole' | Error): void {
    if (ended !== 'no') return
    ended = how
    if (how === 'whole') finish()
    else outcome.reject(how)
    wake()
  }

  function finish(): void {
    const bytes = received - start
    const isSmall = parts.length === 0 && bytes <= heldBytes
    // Without the room that was left in it.
    const held = isSmall ? (part.length === bytes ? part : Buffer.from(receivedOfPart())) : undefined
    // The last readers may need it until it can be read from its place.
    if (!isSmall) cut()
    if (bytes > mostBytes) outcome.reject(new Error('the body is too long to be stored'))
    else outcome.resolve({ held, parts, bytes })
  }

  source.on('data', take)
  source.once('end', () => end('whole'))
  source.once('error', end)
  source.once('close', () => end(new Error('the body broke off')))
  flow()

  /** What is there from this byte on, at most to the end of its part. */
  async function bytesAt(at: number): Promise<Buffer | undefined> {
    if (at >= partStart) return receivedOfPart().subarray(at - partStart)
    const earlier = parts.findLast((each) => each.start <= at)
    if (earlier === undefined) return undefined
    const bytes = writing.get(earlier.start) ?? (await getPart(earlier.start))
    return bytes?.subarray(at - earlier.start)
  }

  function open(range: Partial<ByteRange> = {}): Readable {
    const { start: first = start, end: last = Number.POSITIVE_INFINITY } = range
    let at = first
    claims++
    const waitForMore = (): Promise<void> =>
      new Promise((resolve) => {
        wakers.add(resolve)
        flow()
      })

    async function read(this: Readable): Promise<void> {
      try {
        while (!this.destroyed) {
          if (at > last || (at >= received && ended === 'whole')) return void this.push(null)
          if (at >= received && ended !== 'no') throw ended
          if (at >= received) {
            await waitForMore()
            continue
          }
          const found = await bytesAt(at)
          if (found === undefined) throw new Error('a part of the body is no longer stored')
          const bytes = found.subarray(0, last - at + 1)
          at += bytes.length
          if (!this.push(bytes)) return
        }
      } catch (thrown) {
        this.destroy(thrown as Error)
      }
    }

    // Asked for more while it is still reading: then once more.
    let isReading = false
    let isWanted = false
    async function readOn(stream: Readable): Promise<void> {
      isWanted = true
      if (isReading) return
      isReading = true
      while (isWanted) {
        isWanted = false
        await read.call(stream)
      }
      isReading = false
    }

    return new Readable({
      highWaterMark: 128 * 1024,
      read() {
        void readOn(this)
      },
      destroy(error, done) {
        release()
        wake()
        done(error)
      },
    })
  }

  function release(): void {
    claims--
    if (claims > 0 || ended !== 'no' || isDraining) return
    // All is here but the word that it is all.
    if (length !== undefined && received - start >= length) return void source.resume()
    source.destroy()
    end(new Error('nobody waits for the body any more'))
  }

  return {
    open,
    parts: () => parts,
    isBroken: () => ended instanceof Error,
    claim: () => void claims++,
    release,
    drain() {
      isDraining = true
      flow()
    },
    filled: outcome.promise,
  }
}

const noBytes = Buffer.alloc(0)
