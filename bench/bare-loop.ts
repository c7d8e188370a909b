// The reference for cold renders: a loop over sharp with nothing round it, at the same settings and on the same cores.
// Speaks JSON lines: a batch of jobs in, its milliseconds and CPU seconds out.
import { createInterface } from 'node:readline'
import sharp, { type Sharp } from 'sharp'
import { qualityFor, sharpWebpQuality } from '../transforms/quality.ts'

export interface BareJob {
  readonly width: number
  readonly format: 'jpeg' | 'webp' | 'avif' | 'png'
}

export interface Batch {
  readonly file: string
  readonly jobs: readonly BareJob[]
  readonly atOnce: number
}

sharp.concurrency(1)
sharp.cache(false)

const encoders = {
  jpeg: (image: Sharp, quality: number) => image.jpeg({ quality, quantisationTable: 5 }),
  // Ours is no encoder of sharp's: at the same look.
  webp: (image: Sharp, quality: number) => image.webp({ quality: sharpWebpQuality(quality), effort: 2 }),
  avif: (image: Sharp, quality: number) => image.avif({ quality, effort: 0, chromaSubsampling: '4:2:0' }),
  png: (image: Sharp) => image.png(),
}

async function runBatch({ file, jobs, atOnce }: Batch): Promise<void> {
  const waiting = [...jobs]
  const loop = async () => {
    for (let job = waiting.shift(); job !== undefined; job = waiting.shift()) {
      const quality = qualityFor(job.format, undefined, false) ?? 80
      await encoders[job.format](sharp(file).resize(job.width), quality).toBuffer()
    }
  }
  await Promise.all(Array.from({ length: atOnce }, loop))
}

for await (const line of createInterface({ input: process.stdin })) {
  const before = process.cpuUsage()
  const startedAt = performance.now()
  await runBatch(JSON.parse(line))
  const { user, system } = process.cpuUsage(before)
  console.log(JSON.stringify({ ms: performance.now() - startedAt, cpuSeconds: (user + system) / 1e6 }))
}
