// A body received in pieces as one Buffer of its own, never longer than allowed.
import { Failure } from '../errors.ts'
import { emptyBody } from '../tier.ts'

export interface BodyReceiver {
  /** Throws 'upstream-failed' when there is more than was announced or allowed. */
  add(chunk: Buffer): void
  /** Throws 'upstream-failed' when there is less than was announced. */
  whole(): Buffer
}

const tooLong = () => new Failure('upstream-failed', 'The next tier sent more bytes than it may.')
const tooShort = () => new Failure('upstream-failed', 'The answer of the next tier broke off.')

export function createBodyReceiver(announced: number | undefined, maxBytes: number): BodyReceiver {
  if (announced !== undefined && announced > maxBytes) throw tooLong()
  return announced === undefined ? growing(maxBytes) : exact(announced)
}

// The pieces are windows into the socket's 64 kB reads. A cache that kept one would keep the whole read, so they are
// copied into memory of exactly their size, outside of Node's shared pool.
function exact(length: number): BodyReceiver {
  const body = length === 0 ? emptyBody : Buffer.allocUnsafeSlow(length)
  let filled = 0
  return {
    add(chunk) {
      if (filled + chunk.length > length) throw tooLong()
      filled += chunk.copy(body, filled)
    },
    whole() {
      if (filled < length) throw tooShort()
      return body
    },
  }
}

function growing(maxBytes: number): BodyReceiver {
  const chunks: Buffer[] = []
  let length = 0
  return {
    add(chunk) {
      length += chunk.length
      if (length > maxBytes) throw tooLong()
      chunks.push(chunk)
    },
    whole() {
      const body = exact(length)
      for (const chunk of chunks) body.add(chunk)
      return body.whole()
    },
  }
}
