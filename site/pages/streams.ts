// A page on its way: decoded, added to, and coded again, with the backpressure of whoever reads it.
import { pipeline, type Readable, Transform } from 'node:stream'
import type { Turn } from '../turns.ts'
import { around } from './codings.ts'
import type { Rewriter } from './rewriter.ts'
import type { Coding } from './touchable.ts'

export interface Passing {
  readonly source: Readable
  readonly coding: Coding
  readonly rewriter: Rewriter
  /** Each slice of the page is worked on in a turn of its own. */
  readonly turn: Turn
  /** Told of the whole, as it was sent, where it is no longer than `mostBytes`. */
  readonly whole: (bytes: Buffer) => void
  readonly mostBytes: number
}

/** A broken source, or one that cannot be decoded, breaks it off; whoever leaves it frees the source. */
export function passing({ source, coding, rewriter, turn, whole, mostBytes }: Passing): Readable {
  const { before, behind } = around(coding)
  const last = collecting(whole, mostBytes)
  pipeline([source, ...before, rewriting(rewriter, turn), ...behind, last], () => {})
  return last
}

/** Two milliseconds of work. */
export const sliceBytes = 8 * 1024

function rewriting(rewriter: Rewriter, turn: Turn): Transform {
  async function write(bytes: Buffer): Promise<Buffer> {
    const written: Buffer[] = []
    for (let at = 0; at < bytes.length && !stream.destroyed; at += sliceBytes) {
      await turn()
      written.push(rewriter.write(bytes.subarray(at, at + sliceBytes)))
    }
    return Buffer.concat(written)
  }
  const noBytes = (bytes: Buffer): Buffer | undefined => (bytes.length > 0 ? bytes : undefined)
  const stream = new Transform({
    transform(bytes: Buffer, _, done) {
      write(bytes).then((written) => done(null, noBytes(written)), done)
    },
    flush(done) {
      done(null, noBytes(rewriter.end()))
    },
  })
  return stream
}

function collecting(whole: (bytes: Buffer) => void, mostBytes: number): Transform {
  let chunks: Buffer[] = []
  let length = 0
  return new Transform({
    transform(bytes: Buffer, _, done) {
      length += bytes.length
      if (length <= mostBytes) chunks.push(bytes)
      else chunks = []
      done(null, bytes)
    },
    flush(done) {
      if (length <= mostBytes) whole(Buffer.concat(chunks))
      done()
    },
  })
}
