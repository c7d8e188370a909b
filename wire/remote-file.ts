// A file that lies with a neighbour: its length came with an answer, its bytes are asked for as somebody reads them.
import type { Readable } from 'node:stream'
import type { Dispatcher } from 'undici'
import { Failure } from '../errors.ts'
import type { ByteRange, FileBody } from '../tier.ts'

export interface RemoteFile {
  readonly path: string
  /** What a neighbour wants to see of us, and the ask's own id. */
  readonly headers: Readonly<Record<string, string>>
  readonly etag: string | undefined
  readonly length: number
}

/** `pool` is not the one of whole answers: a slow reader holds its connection for as long as it reads. */
export function remoteFile(pool: Dispatcher, file: RemoteFile): FileBody {
  return { length: file.length, open: (range, signal) => open(pool, file, { range, signal }) }
}

interface Opening {
  readonly range: ByteRange
  readonly signal: AbortSignal
}

async function open(pool: Dispatcher, file: RemoteFile, { range, signal }: Opening): Promise<Readable> {
  const { path, length, etag } = file
  const headers = {
    ...file.headers,
    range: `bytes=${range.start}-${range.end}`,
    // Without an entity tag nothing proves that the part belongs to the file of the known length (RFC 9110 13.1.5).
    ...(etag !== undefined && { 'if-range': etag }),
  }
  const answer = await pool.request({ path, method: 'GET', headers, signal }).catch((cause: unknown) => {
    throw new Failure('upstream-failed', 'The next tier could not be reached.', { cause })
  })
  const isPart =
    answer.statusCode === 206 &&
    answer.headers['content-range'] === `bytes ${range.start}-${range.end}/${length}`
  if (isPart) return answer.body
  answer.body.on('error', () => undefined).destroy()
  throw new Failure('upstream-failed', 'The next tier has no such part of the file any more.')
}
