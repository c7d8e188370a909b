// Pictures nobody asked for before, by format: the whole CDN over HTTP against a bare sharp loop on the same cores.
import type { ChildProcess } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { availableParallelism, tmpdir } from 'node:os'
import { join } from 'node:path'
import { Pool } from 'undici'
import { inBareLoop, makeSource, type Run, startBareLoop } from '../bare.ts'
import { interleave, median } from '../load.ts'
import type { Report } from '../report.ts'
import { type Server, startHalftone } from '../servers.ts'

const atOnce = availableParallelism() + 1
const formats = ['jpeg', 'webp', 'avif', 'png'] as const
const urlNames = { jpeg: 'jpg', webp: 'webp', avif: 'avif', png: 'png' } as const
const jobs = 24
const rounds = 5

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
      inBareLoop(bare, {
        file,
        jobs: widths(done.bare++).map((width) => ({ width, format })),
        atOnce: availableParallelism(),
      }),
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
