// Memory of all processes over 1,500 renders of all kinds, and what is left of it a minute later. Nothing is compared but
// the server with itself after its first picture.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { availableParallelism, tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { Pool } from 'undici'
import { drawSources, mixedRender } from '../mixed.ts'
import type { Report } from '../report.ts'
import { proportionalOf, type Server, startHalftone } from '../servers.ts'

const renders = Number(process.env.BENCH_MEMORY_RENDERS ?? 1500)
const atOnce = availableParallelism() + 1
const everyMs = 250
const restMs = Number(process.env.BENCH_MEMORY_REST ?? 60) * 1000

interface Memory {
  readonly resident: number
  readonly proportional: number
  /** PSS of the process that answers; the rest is that of its children. */
  readonly answering: number
}

export async function run(): Promise<Report> {
  const folder = mkdtempSync(join(tmpdir(), 'halftone-memory-'))
  const names = await drawSources(folder)
  const config = join(folder, 'halftone.config.ts')
  writeFileSync(config, `export default ${JSON.stringify({ sources: { photos: { folder } } })}\n`)
  const server = await startHalftone({ HALFTONE_CONFIG: config })
  try {
    return await watched(server, names)
  } finally {
    await server.stop()
    rmSync(folder, { recursive: true, force: true })
  }
}

async function watched(server: Server, names: readonly string[]): Promise<Report> {
  const bare = memoryOf(server)
  await ask(server, [mixedRender(names, 1)])
  const start = memoryOf(server)
  const samples: Memory[] = []
  const watch = setInterval(() => samples.push(memoryOf(server)), everyMs)
  const before = server.cpuSeconds()
  const failed = await ask(
    server,
    Array.from({ length: renders }, (_, index) => mixedRender(names, index + 2)),
  )
  const cpuSeconds = server.cpuSeconds() - before
  clearInterval(watch)
  await wait(restMs)
  const after = memoryOf(server)
  const peak = {
    resident: Math.max(...samples.map(({ resident }) => resident)),
    proportional: Math.max(...samples.map(({ proportional }) => proportional)),
    answering: Math.max(...samples.map(({ answering }) => answering)),
  }
  const rendering = Math.max(...samples.map(({ proportional, answering }) => proportional - answering))
  return {
    about: `memory of all processes over ${renders} renders, in MB`,
    rows: Object.fromEntries(
      Object.entries({ bare, start, peak, after }).map(([name, at]) => [name, inMegabytes(at)]),
    ),
    ratios: {
      'failed of all': failed / renders,
      'MB of the processes that render, at most (PSS)': rendering / 1e6,
      'MB a minute later, above the first picture': (after.resident - start.resident) / 1e6,
    },
    raw: { renders, atOnce, failed, cpuSeconds, bare, start, peak, after, samples },
  }
}

const memoryOf = (server: Server): Memory => ({
  resident: server.memory(),
  proportional: server.proportional(),
  answering: proportionalOf(server.pids()[0] ?? 0),
})

const inMegabytes = ({ resident, proportional, answering }: Memory) => ({
  resident: resident / 1e6,
  proportional: proportional / 1e6,
  answering: answering / 1e6,
})

/** Answers how many failed. */
async function ask(server: Server, paths: string[]): Promise<number> {
  const pool = new Pool(server.url, { connections: atOnce })
  let failed = 0
  const client = async (): Promise<void> => {
    for (let path = paths.shift(); path !== undefined; path = paths.shift()) {
      const { statusCode, body } = await pool.request({ path, method: 'GET' })
      await body.arrayBuffer()
      if (statusCode !== 200) failed++
    }
  }
  await Promise.all(Array.from({ length: atOnce }, client))
  await pool.close()
  return failed
}
