// Content codings (RFC 9110 8.4.1): chunks unpacked as they come. What comes out is counted by whoever takes it, so a
// bomb ends at the limit of the file.
import type { Readable } from 'node:stream'
import {
  constants,
  createBrotliDecompress,
  createGunzip,
  createInflate,
  createZstdDecompress,
} from 'node:zlib'
import type { Failure } from '../../errors.ts'

type UnpackStream = Readable & NodeJS.WritableStream
export type Unpacker = () => UnpackStream

/** RFC 9659 3: a window of 8 MB is what everybody has to take, and no more is given to a stranger. */
const zstd = { params: { [constants.ZSTD_d_windowLogMax]: 23 } }

const unpackers = new Map<string, Unpacker>([
  ['gzip', () => createGunzip()],
  ['x-gzip', () => createGunzip()],
  ['deflate', () => createInflate()],
  ['br', () => createBrotliDecompress()],
  ['zstd', () => createZstdDecompress(zstd)],
])

export const codings = 'gzip, deflate, br, zstd'

/** Of one coding, in lower case; undefined for what is none that we know. */
export const unpackerOf = (coding: string): Unpacker | undefined => unpackers.get(coding)

export async function* unpack(
  chunks: AsyncGenerator<Buffer, void>,
  create: Unpacker,
  spoilt: (cause: unknown) => Failure,
): AsyncGenerator<Buffer, void> {
  const first = await chunks.next()
  // A request without a body may still name a coding.
  if (first.done) return
  const unpacker = create()
  // The failure of what is packed is told first: the unpacker only sees that it ends.
  let failure: unknown
  const feeding = (async () => {
    try {
      for await (const chunk of again(first, chunks)) {
        if (!unpacker.write(chunk)) await once(unpacker)
        if (unpacker.destroyed) return
      }
      unpacker.end()
    } catch (thrown) {
      failure = thrown
      unpacker.destroy()
    }
  })()
  try {
    for await (const chunk of unpacker) yield chunk as Buffer
  } catch (cause) {
    throw failure ?? spoilt(cause)
  } finally {
    unpacker.destroy()
    await chunks.return()
    await feeding
  }
  if (failure !== undefined) throw failure
}

export async function* again<T>(first: IteratorYieldResult<T>, rest: AsyncGenerator<T, void>) {
  yield first.value
  yield* rest
}

function once(stream: UnpackStream): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      for (const event of ['drain', 'close']) stream.off(event, done)
      resolve()
    }
    for (const event of ['drain', 'close']) stream.on(event, done)
  })
}
