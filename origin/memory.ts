// Memory for source bytes, each of exactly their size and outside of Node's pool. It is not shared memory: V8 does not
// count that, so nothing tells it to collect what was read, and a busy origin grew by hundreds of megabytes.

export function sharedBuffer(bytes: number): Buffer {
  return Buffer.allocUnsafeSlow(bytes)
}

export function sharedCopy(chunks: readonly Uint8Array[]): Buffer {
  const whole = sharedBuffer(chunks.reduce((bytes, chunk) => bytes + chunk.length, 0))
  let at = 0
  for (const chunk of chunks) {
    whole.set(chunk, at)
    at += chunk.length
  }
  return whole
}

export const isShared = (_: Uint8Array): boolean => true
