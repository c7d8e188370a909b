// Compresses the streams of the smallest PNG so far again by Zopfli: a smaller file with the same decoded bytes.
import { Worker } from 'node:worker_threads'
import { u8, u32be } from '../../identify/bytes.ts'
import { type Candidate, Declined } from '../smallest-candidate.ts'
import { buildChunk, type PngChunk, readChunks, writePng } from './chunks.ts'
import type { ZopfliWork } from './zopfli-worker.ts'

/** A picture packed to a larger share is mostly noise: there Zopfli gains at most 0.5 % over libdeflate (photographs). */
const mostOfPlain = 0.25
/** Share of the time budget, for one or two percent of the bytes: half a megabyte of samples in the usual 30 s. */
const shareOfBudget = 0.06
/** Five rounds on drawn pictures: 1.5 to 7 s for each megabyte of samples. */
const [usualRounds, msPerMegabyte] = [5, 3_500]
/** Small pictures get more rounds, as they take no time that anybody notices. */
const [thoroughRounds, thoroughBytes] = [15, 50_000]
/** A thread that takes so many times as long as expected is ended. */
const patience = 6
const leastMs = 15_000

/** Packs the smallest so far again; declines where that would take too long for its gain. */
export function createZopfliCandidate(budgetMs: number): Candidate {
  return {
    name: 'zopfli',
    format: 'png',
    refines: true,
    make: async (best) => {
      const chunks = readChunks(best)
      const plainBytes = countSampleBytes(chunks)
      const packedBytes = sum(
        chunks.filter(({ type }) => type === 'IDAT').map(({ content }) => content.length),
      )
      const expectedMs = (plainBytes / 1e6) * msPerMegabyte
      if (chunks.some(({ type }) => type === 'acTL')) throw new Declined('it moves')
      if (packedBytes > plainBytes * mostOfPlain && plainBytes > thoroughBytes)
        throw new Declined('it holds too much noise to be packed better')
      if (expectedMs > budgetMs * shareOfBudget) throw new Declined('it would take too long')
      const rounds = plainBytes <= thoroughBytes ? thoroughRounds : usualRounds
      return repack(chunks, { rounds, timeoutMs: Math.max(leastMs, expectedMs * patience) })
    },
    findFault: async () => undefined, // the thread has unpacked each stream again and compared it
  }
}

/** All rows with their filter bytes, as IHDR says (PNG 11.2.1); an interlaced picture has some rows more. */
function countSampleBytes(chunks: readonly PngChunk[]): number {
  const header = chunks[0]?.content ?? new Uint8Array(13)
  const channels = [1, 0, 3, 1, 2, 0, 4][u8(header, 9)] ?? 4
  return (Math.ceil((u32be(header, 0) * channels * u8(header, 8)) / 8) + 1) * u32be(header, 4)
}

const sum = (numbers: readonly number[]): number => numbers.reduce((a, b) => a + b, 0)

interface Effort {
  readonly rounds: number
  readonly timeoutMs: number
}

/** All IDAT become one; a profile is packed as well, behind its name and the number of its method (PNG 11.3.2.3). */
async function repack(chunks: readonly PngChunk[], effort: Effort): Promise<Uint8Array> {
  const pixels = Buffer.concat(chunks.filter(({ type }) => type === 'IDAT').map(({ content }) => content))
  const profile = chunks.find(({ type }) => type === 'iCCP')?.content
  const nameEnd = profile ? profile.indexOf(0) + 2 : 0
  const streams = [pixels, ...(profile ? [profile.subarray(nameEnd)] : [])]
  const [idat = pixels, icc] = await packOnThread({ streams, rounds: effort.rounds }, effort.timeoutMs)
  const first = chunks.findIndex(({ type }) => type === 'IDAT')
  const written = chunks.flatMap((each, i): Pick<PngChunk, 'bytes'>[] => {
    if (each.type === 'IDAT') return i === first ? [buildChunk('IDAT', idat)] : []
    if (each.type !== 'iCCP' || !profile || !icc) return [each]
    return [buildChunk('iCCP', Buffer.concat([profile.subarray(0, nameEnd), icc]))]
  })
  return writePng(written)
}

/** A thread for each picture: Zopfli's memory, some twenty times the samples, goes with it. */
function packOnThread(work: ZopfliWork, timeoutMs: number): Promise<Uint8Array[]> {
  const worker = new Worker(new URL('zopfli-worker.ts', import.meta.url))
  let timer: NodeJS.Timeout | undefined
  return new Promise<Uint8Array[]>((resolve, reject) => {
    timer = setTimeout(() => reject(new Declined('it took too long')), timeoutMs)
    worker.once('error', reject)
    worker.once('exit', () => reject(new Declined('Zopfli gave up')))
    worker.once('message', ({ packed, fault }: { packed?: Uint8Array[]; fault?: string }) => {
      if (packed) resolve(packed)
      else reject(new Declined(fault ?? 'Zopfli gave up'))
    })
    worker.postMessage(work)
  }).finally(() => {
    clearTimeout(timer)
    return worker.terminate()
  })
}
