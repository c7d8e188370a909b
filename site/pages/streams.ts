// A page on its way: decoded, added to, and coded again, with the backpressure of whoever reads it.
import { pipeline, type Readable, Transform } from 'node:stream'
import { setImmediate } from 'node:timers/promises'
import { around } from './codings.ts'
import type { Rewriter } from './rewriter.ts'
import type { Coding } from './touchable.ts'

export interface Passing {
  readonly source: Readable
  readonly coding: Coding
  readonly rewriter: Rewriter
  /** Told of the whole, as it was sent, where it is no longer than `mostBytes`. */
  readonly whole: (bytes: Buffer) => void
  readonly mostBytes: number
}

/** A broken source, or one that cannot be decoded, breaks it off; whoever leaves it frees the source. */
export function passing({ source, coding, rewriter, whole, mostBytes }: Passing): Readable {
  const { before, behind } = around(coding)
  const last = collecting(whole, mostBytes)
  pipeline([source, ...before, rewriting(rewriter), ...behind, last], () => {})
  return last
}

/** Some milliseconds of work: between two of them others have their turn. */
const slice = 16 * 1024

function rewriting(rewriter: Rewriter): Transform {
  async function write(bytes: Buffer): Promise<Buffer> {
    const written: Buffer[] = []
    for (let at = 0; at < bytes.length; at += slice) {
      if (at > 0) await setImmediate()
      written.push(rewriter.write(bytes.subarray(at, at + slice)))
    }
    return Buffer.concat(written)
  }
  const noBytes = (bytes: Buffer): Buffer | undefined => (bytes.length > 0 ? bytes : undefined)
  return new Transform({
    transform(bytes: Buffer, _, done) {
      write(bytes).then((written) => done(null, noBytes(written)), done)
    },
    flush(done) {
      done(null, noBytes(rewriter.end()))
    },
  })
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
