// Receives one file into the spool: its chunks are counted, hashed, identified and written. On a failure it is removed.
import { createHash } from 'node:crypto'
import { Failure } from '../../errors.ts'
import { safeName } from './file-name.ts'
import { createIdentifier, type IdentifyOptions, type ReadWholeFile } from './identify.ts'
import type { Received } from './intake.ts'
import { typeOf } from './media-type.ts'
import type { Spool } from './spool.ts'

export interface ReceiveFileOptions extends IdentifyOptions {
  readonly name: string | undefined
  readonly type: string | undefined
  readonly maxBytes: number
  readonly within?: (() => number | Promise<number>) | undefined
  /** Announced; another number of bytes is a broken body. */
  readonly length?: number | undefined
  readonly progress?: ((done: number) => void) | undefined
}

export interface ReceiveContext {
  readonly spool: Spool
  readonly readWhole: ReadWholeFile
}

export async function receiveFile(
  chunks: AsyncIterable<Buffer>,
  { spool, readWhole }: ReceiveContext,
  options: ReceiveFileOptions,
): Promise<Received> {
  const file = await spool.create()
  const sha1 = createHash('sha1')
  const sha256 = createHash('sha256')
  const identifier = createIdentifier(options, readWhole)
  let bytes = 0
  try {
    for await (const chunk of chunks) {
      bytes += chunk.length
      await checkBytes(bytes, options)
      sha1.update(chunk)
      sha256.update(chunk)
      identifier.see(chunk)
      await file.write(chunk)
      options.progress?.(bytes)
    }
    if (options.length !== undefined && bytes !== options.length) throw notAsAnnounced()
    await file.close()
    const identification = await identifier.end(file.path, bytes)
    return {
      file: file.path,
      bytes,
      sha1: sha1.digest('hex'),
      sha256: sha256.digest('hex'),
      name: safeName(options.name),
      type: typeOf(identification?.format ?? identifier.format(), options.type),
      identification,
      discard: () => file.discard(),
    }
  } catch (thrown) {
    await file.discard().catch(() => {})
    throw thrown
  }
}

/** Of bytes that have come, or were announced. */
export async function checkBytes(
  bytes: number,
  { maxBytes, within }: Pick<ReceiveFileOptions, 'maxBytes' | 'within'>,
): Promise<void> {
  if (bytes > maxBytes) throw tooLarge(maxBytes)
  if (within && bytes > (await within()))
    throw new Failure(
      'over-quota',
      'The file has more bytes than are left of what this key has for this month.',
    )
}

function tooLarge(maxBytes: number): Failure {
  return new Failure('source-too-large', 'The file has more bytes than are taken.', {
    expected: `at most ${maxBytes} bytes`,
  })
}

const notAsAnnounced = (): Failure =>
  new Failure('bad-body', 'The body is not as long as its Content-Length says.')
