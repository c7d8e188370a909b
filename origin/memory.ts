// Shared memory for source bytes, so that handing a source to a worker copies nothing.

/** A buffer of zeros that worker threads can see. */
export function sharedBuffer(bytes: number): Buffer {
  return Buffer.from(new SharedArrayBuffer(bytes))
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

export const isShared = (bytes: Uint8Array): boolean => bytes.buffer instanceof SharedArrayBuffer
