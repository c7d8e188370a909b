// Zopfli on a thread of its own: it computes for seconds without a pause, and ends with the thread.
import { parentPort } from 'node:worker_threads'
import { inflateSync } from 'node:zlib'
import { zlibAsync } from '@gfx/zopfli'

export interface ZopfliWork {
  /** Streams of zlib, each to be compressed again. */
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

/** Compresses again; gives the stream itself where nothing is gained, or where the result inflates to other bytes. */
async function pack(stream: Uint8Array, rounds: number): Promise<Uint8Array> {
  const plain = inflateSync(stream)
  const made = await zlibAsync(plain, { numiterations: rounds, blocksplittingmax: 0 })
  return made.length < stream.length && inflateSync(made).equals(plain) ? made : stream
}
