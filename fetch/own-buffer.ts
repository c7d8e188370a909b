// Memory for source bytes: each of exactly their size, outside of Node's pool. It is not shared memory: V8 does not count
// that, so nothing tells it to collect what was read, and a busy origin grew by hundreds of megabytes.

export const allocateBuffer = (bytes: number): Buffer => Buffer.allocUnsafeSlow(bytes)

/** The pieces as one. */
export function concatBuffers(pieces: readonly Uint8Array[]): Buffer {
  const whole = allocateBuffer(pieces.reduce((bytes, piece) => bytes + piece.length, 0))
  let at = 0
  for (const piece of pieces) {
    whole.set(piece, at)
    at += piece.length
  }
  return whole
}
