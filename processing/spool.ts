// Receives a body into a file. It may not be longer than allowed, and the client may not stall.
import { randomUUID } from 'node:crypto'
import { createWriteStream } from 'node:fs'
import { unlink } from 'node:fs/promises'
import type { IncomingMessage } from 'node:http'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { Failure } from '../errors.ts'

export interface SpoolOptions {
  /** An existing folder, on a disk with space for all bodies that may arrive at once. */
  readonly spoolDir: string
  readonly maxBytes: number
  /** Milliseconds that a client may send nothing. */
  readonly stallMs: number
}

export interface Spooled {
  readonly file: string
  /** Removes the file. Never rejects. */
  done(): Promise<void>
}

/** Fails with 'source-too-large', 'stalled', 'bad-body' for an empty one, and 'abandoned' when the client leaves. */
export async function spool(req: IncomingMessage, options: SpoolOptions): Promise<Spooled> {
  const { spoolDir, maxBytes, stallMs } = options
  if (Number(req.headers['content-length']) > maxBytes) throw refuseTooLarge(maxBytes)
  const file = join(spoolDir, `${randomUUID()}.part`)
  const done = () => unlink(file).catch(() => {})
  try {
    // The request is not destroyed: a refusal is still answered on it.
    await pipeline(limitBody(req, maxBytes, stallMs), createWriteStream(file, { flags: 'wx', mode: 0o600 }))
    return { file, done }
  } catch (thrown) {
    await done()
    throw thrown
  }
}

async function* limitBody(req: IncomingMessage, maxBytes: number, stallMs: number): AsyncGenerator<Buffer> {
  let length = 0
  const chunks = req.iterator({ destroyOnReturn: false })
  try {
    for (;;) {
      const { done, value } = await rejectStalled(chunks.next(), stallMs)
      if (done) break
      length += value.length
      if (length > maxBytes) throw refuseTooLarge(maxBytes)
      yield value
    }
  } finally {
    // Not awaited: with a stalled client it ends only with the connection.
    void chunks.return?.()?.catch(() => {})
  }
  if (length === 0) throw new Failure('bad-body', 'The body is empty: it should be the picture.')
}

function rejectStalled<T>(next: Promise<T>, stallMs: number): Promise<T> {
  const { promise, reject } = Promise.withResolvers<never>()
  const stalled = () => reject(new Failure('stalled', `Nothing more came for ${stallMs / 1000} seconds.`))
  const timer = setTimeout(stalled, stallMs)
  const left = (cause: unknown) => {
    throw new Failure('abandoned', 'The client left before its picture was here.', { cause })
  }
  return Promise.race([next.catch(left), promise]).finally(() => clearTimeout(timer))
}

const refuseTooLarge = (maxBytes: number): Failure =>
  new Failure('source-too-large', `The source picture is larger than ${maxBytes} bytes.`)
