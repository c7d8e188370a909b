// Pictures nobody asked for before, by format: the whole CDN over HTTP against a bare sharp loop on the same cores.
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { availableParallelism, tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import sharp from 'sharp'
import { Pool } from 'undici'
import type { Batch } from '../bare-loop.ts'
import { interleave, median } from '../load.ts'
import type { Report } from '../report.ts'
import { type Server, startHalftone } from '../servers.ts'

const atOnce = availableParallelism() + 1
const formats = ['jpeg', 'webp', 'avif', 'png'] as const
const urlNames = { jpeg: 'jpg', webp: 'webp', avif: 'avif', png: 'png' } as const
const jobs = 24
const rounds = 5

interface Run {
  readonly ms: number
  readonly cpuSeconds: number
}

export async function run(): Promise<Report> {
  const folder = mkdtempSync(join(tmpdir(), 'halftone-sources-'))
  const config = join(folder, 'halftone.config.ts')
  writeFileSync(config, `export default { sources: { photos: { folder: ${JSON.stringify(folder)} } } }\n`)
  const halftone = await startHalftone({ HALFTONE_CONFIG: config })
  const bare = startBareLoop()
  try {
    await makeSource(halftone, join(folder, 'photo.jpg'))
    const raw: Record<string, Record<string, Run[]>> = {}
    for (const format of formats)
      raw[format] = await compare({ halftone, bare, file: join(folder, 'photo.jpg'), format })
    return { about: `${jobs} widths of a 12 MP JPEG; pictures a second`, ...summary(raw), raw }
  } finally {
    bare.kill()
    await halftone.stop()
    rmSync(folder, { recursive: true, force: true })
  }
}

async function makeSource(halftone: Server, file: string): Promise<void> {
  const sample = await (await fetch(`${halftone.url}/samples/landscape.jpg?fm=jpg&q=95`)).arrayBuffer()
  await sharp(Buffer.from(sample)).resize(4243, 2828, { fit: 'fill' }).jpeg({ quality: 90 }).toFile(file)
}

interface Contest {
  readonly halftone: Server
  readonly bare: ChildProcess
  readonly file: string
  readonly format: (typeof formats)[number]
}

async function compare({ halftone, bare, file, format }: Contest) {
  // Both get the same widths in the same round; a width is never asked for twice.
  const widths = (round: number) => Array.from({ length: jobs }, (_, job) => 320 + job * 40 + round)
  const done = { halftone: 0, bare: 0 }
  return interleave(rounds, {
    halftone: () => overHttp(halftone, widths(done.halftone++), urlNames[format]),
    bare: () =>
      inBareLoop(bare, { file, widths: widths(done.bare++), format, atOnce: availableParallelism() }),
  })
}

async function overHttp(server: Server, widths: readonly number[], format: string): Promise<Run> {
  const pool = new Pool(server.url, { connections: atOnce })
  const waiting = [...widths]
  const before = server.cpuSeconds()
  const startedAt = performance.now()
  const client = async () => {
    for (let width = waiting.shift(); width !== undefined; width = waiting.shift()) {
      const { statusCode, body } = await pool.request({
        path: `/photos/photo.jpg?w=${width}&fm=${format}`,
        method: 'GET',
      })
      await body.arrayBuffer()
      if (statusCode !== 200) throw new Error(`${statusCode} for width ${width}`)
    }
  }
  await Promise.all(Array.from({ length: atOnce }, client))
  const ms = performance.now() - startedAt
  await pool.close()
  return { ms, cpuSeconds: server.cpuSeconds() - before }
}

/** Under the settings that bin/halftone gives the server. */
function startBareLoop(): ChildProcess {
  const file = fileURLToPath(new URL('../bare-loop.ts', import.meta.url))
  const environment = {
    ...process.env,
    UV_THREADPOOL_SIZE: String(availableParallelism() + 4),
    MALLOC_ARENA_MAX: '2',
  }
  return spawn(process.execPath, [file], { env: environment, stdio: ['pipe', 'pipe', 'inherit'] })
}

async function inBareLoop(bare: ChildProcess, batch: Batch): Promise<Run> {
  if (!bare.stdin || !bare.stdout) throw new Error('the bare loop has no pipes')
  const lines = createInterface({ input: bare.stdout })
  bare.stdin.write(`${JSON.stringify(batch)}\n`)
  const [line] = await once(lines, 'line')
  lines.close()
  return JSON.parse(line)
}

function summary(
  raw: Readonly<Record<string, Readonly<Record<string, readonly Run[]>>>>,
): Pick<Report, 'rows' | 'ratios'> {
  const rows: Record<string, Record<string, number>> = {}
  const ratios: Record<string, number> = {}
  for (const [format, contenders] of Object.entries(raw)) {
    for (const [name, runs] of Object.entries(contenders))
      rows[`${format} ${name}`] = {
        requestsPerSecond: (jobs / median(runs.map(({ ms }) => ms))) * 1000,
        cpuPer1000: (median(runs.map(({ cpuSeconds }) => cpuSeconds)) / jobs) * 1000,
      }
    // Pair by pair, so that a slow minute of the machine counts for both.
    const pairs = (contenders.halftone ?? []).map(
      ({ ms }, i) => (contenders.bare?.[i]?.ms ?? Number.NaN) / ms,
    )
    ratios[`throughput halftone / bare loop, ${format}`] = median(pairs)
  }
  return { rows, ratios }
}
