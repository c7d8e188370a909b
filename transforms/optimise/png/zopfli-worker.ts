// Zopfli on a thread of its own: it works without a pause for seconds, and is ended with the thread.
import { parentPort } from 'node:worker_threads'
import { inflateSync } from 'node:zlib'
import { zlibAsync } from '@gfx/zopfli'

export interface ZopfliWork {
  /** Streams of zlib, each to be packed anew. */
  readonly streams: readonly Uint8Array[]
  readonly rounds: number
}

parentPort?.on('message', async ({ streams, rounds }: ZopfliWork) => {
  try {
    const packed: Uint8Array[] = []
    for (const stream of streams) packed.push(await pack(stream, rounds))
    parentPort?.postMessage({ packed })
  } catch {
    parentPort?.postMessage({ fault: 'its streams cannot be unpacked' })
  }
})

/** The same bytes in fewer; the stream itself where there is nothing to gain, or where the two would not agree. */
async function pack(stream: Uint8Array, rounds: number): Promise<Uint8Array> {
  const plain = inflateSync(stream)
  const made = await zlibAsync(plain, { numiterations: rounds, blocksplittingmax: 0 })
  return made.length < stream.length && inflateSync(made).equals(plain) ? made : stream
}
