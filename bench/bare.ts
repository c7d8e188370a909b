// The bare loop over sharp as the scenarios use it, and the large photograph that it and the server make pictures of.
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { availableParallelism } from 'node:os'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import sharp, { type Sharp } from 'sharp'
import type { Batch } from './bare-loop.ts'
import type { Server } from './servers.ts'

export interface Run {
  readonly ms: number
  readonly cpuSeconds: number
}

/** Of 12 megapixels. */
export async function makeSource(halftone: Server, file: string): Promise<void> {
  const sample = await largeSample(halftone)
  await sample.jpeg({ quality: 90 }).toFile(file)
}

/** The same as a phone makes it: with grain, and with the profile of its screen. */
export async function makePhonePhoto(halftone: Server, file: string): Promise<void> {
  const sample = await (await largeSample(halftone)).png({ compressionLevel: 0 }).toBuffer()
  const grain = { width, height, channels: 3, background: '#000' } as const
  const noise = { type: 'gaussian', mean: 128, sigma: 14 } as const
  const layer = await sharp({ create: { ...grain, noise } })
    .png({ compressionLevel: 0 })
    .toBuffer()
  await sharp(sample)
    .composite([{ input: layer, blend: 'soft-light' }])
    .withIccProfile('p3')
    .jpeg({ quality: 92 })
    .toFile(file)
}

const [width, height] = [4032, 3024]

async function largeSample(halftone: Server): Promise<Sharp> {
  const sample = await (await fetch(`${halftone.url}/samples/landscape.jpg?fm=jpg&q=95`)).arrayBuffer()
  return sharp(Buffer.from(sample)).resize(width, height, { fit: 'fill' })
}

/** Under the settings that bin/halftone gives the server. */
export function startBareLoop(): ChildProcess {
  const file = fileURLToPath(new URL('./bare-loop.ts', import.meta.url))
  const environment = {
    ...process.env,
    UV_THREADPOOL_SIZE: String(availableParallelism() + 4),
    MALLOC_ARENA_MAX: '2',
  }
  return spawn(process.execPath, [file], { env: environment, stdio: ['pipe', 'pipe', 'inherit'] })
}

export async function inBareLoop(bare: ChildProcess, batch: Batch): Promise<Run> {
  if (!bare.stdin || !bare.stdout) throw new Error('the bare loop has no pipes')
  const lines = createInterface({ input: bare.stdout })
  bare.stdin.write(`${JSON.stringify(batch)}\n`)
  const [line] = await once(lines, 'line')
  lines.close()
  return JSON.parse(line)
}
