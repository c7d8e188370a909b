// A body on its way into storage: counted, hashed, and held to the length and checksum that were announced.
import { createHash } from 'node:crypto'
import { addAbortSignal, Readable } from 'node:stream'
import { Failure } from '../errors.ts'
import type { StorageBody } from './bucket.ts'

export interface Announcement {
  readonly length?: number | undefined
  readonly sha256?: string | undefined
  /** Ends the body, also one that stalls. */
  readonly signal?: AbortSignal | undefined
}

export interface VerifiedBody {
  /** Fails before the last chunk leaves when the body is not as announced, so that no server ever has it whole. */
  readonly chunks: AsyncIterable<Uint8Array>
  bytes(): number
  sha256(): string
  /** Why the body itself failed; a broken connection afterwards is only the consequence. */
  failure(): unknown
}

export function verifyBody(body: StorageBody, announced: Announcement = {}): VerifiedBody {
  const hash = createHash('sha256')
  let bytes = 0
  let digest: string | undefined
  let failure: unknown
  if (body instanceof Readable && announced.signal) addAbortSignal(announced.signal, body)

  function take(chunk: Uint8Array): void {
    hash.update(chunk)
    bytes += chunk.byteLength
    if (announced.length !== undefined && bytes > announced.length) throw notAsAnnounced()
  }

  function check(): void {
    digest = hash.digest('hex')
    const isAnnounced =
      (announced.length === undefined || announced.length === bytes) &&
      (announced.sha256 === undefined || announced.sha256.toLowerCase() === digest)
    if (!isAnnounced) throw notAsAnnounced()
  }

  async function* chunks(): AsyncGenerator<Uint8Array> {
    let held: Uint8Array | undefined
    try {
      for await (const chunk of sourceOf(body)) {
        take(chunk)
        if (held) yield held
        held = chunk
      }
      check()
    } catch (thrown) {
      failure = thrown
      throw thrown
    }
    if (held) yield held
  }

  return {
    chunks: chunks(),
    bytes: () => bytes,
    sha256: () => digest ?? '',
    failure: () => failure,
  }
}

/** The same as a stream, for clients that want one. An empty body is checked before anything is sent. */
export async function asStream(measured: VerifiedBody): Promise<Readable> {
  const chunks = measured.chunks[Symbol.asyncIterator]()
  const first = await chunks.next()
  async function* all(): AsyncGenerator<Uint8Array> {
    try {
      if (first.done) return
      yield first.value
      yield* { [Symbol.asyncIterator]: () => chunks }
    } finally {
      await chunks.return?.()
    }
  }
  return Readable.from(all(), { objectMode: false })
}

/** Nobody will read it: a stream that is neither read nor destroyed keeps its connection or file open. */
export function dismiss(body: StorageBody): void {
  if (!(body instanceof Readable)) return
  body.on('error', () => {})
  body.destroy()
}

const sourceOf = (body: StorageBody): AsyncIterable<Uint8Array> | Iterable<Uint8Array> =>
  body instanceof Readable ? (body as AsyncIterable<Uint8Array>) : body.byteLength > 0 ? [body] : []

const notAsAnnounced = () => new Failure('source-broken', 'The file is not as long or not the one announced.')

export const isAbort = (thrown: unknown): boolean => thrown instanceof Error && thrown.name === 'AbortError'

export const abandoned = (cause: unknown) =>
  new Failure('abandoned', 'Nobody waits for the file any more.', { cause })
