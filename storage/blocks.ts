// A stream of any length in blocks of one size, as stores that take large files in parts want it. Pure but for the reading.

/** Each block but the last holds `bytes` bytes, and is its reader's own. None for an empty stream. One is held at a time. */
export async function* blocksOf(chunks: AsyncIterable<Uint8Array>, bytes: number): AsyncGenerator<Buffer> {
  let block = Buffer.allocUnsafe(bytes)
  let filled = 0
  for await (const chunk of chunks)
    for (let from = 0; from < chunk.byteLength; ) {
      const taken = Math.min(chunk.byteLength - from, bytes - filled)
      block.set(chunk.subarray(from, from + taken), filled)
      from += taken
      filled += taken
      if (filled < bytes) continue
      yield block
      block = Buffer.allocUnsafe(bytes)
      filled = 0
    }
  if (filled > 0) yield block.subarray(0, filled)
}
