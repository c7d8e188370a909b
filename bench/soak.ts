// Resident memory of all processes under a steady mix: renders of pictures nobody has asked for, and hits. It prints a
// line a minute, and at the end how much the memory grows in ten minutes after the warm-up.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { drawSources, mixedRender } from './mixed.ts'
import { keep } from './report.ts'
import { startHalftone } from './servers.ts'

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '60' },
    'warm-up': { type: 'string', default: '10' },
    renders: { type: 'string', default: '6' },
    hits: { type: 'string', default: '30' },
    caches: { type: 'string', default: '96MB' },
  },
})
const minutes = Number(values.minutes)
const warmUp = Number(values['warm-up'])

const folder = mkdtempSync(join(tmpdir(), 'halftone-soak-'))
const names = await drawSources(folder)
const config = join(folder, 'halftone.config.ts')
writeFileSync(config, `export default ${JSON.stringify({ sources: { photos: { folder } } })}\n`)
const share = {
  HALFTONE_EDGE_MEMORY: 3,
  HALFTONE_SHIELD_MEMORY: 1,
  HALFTONE_RESULT_MEMORY: 1,
  HALFTONE_SOURCE_MEMORY: 3,
}
const bytes = Number.parseInt(values.caches, 10)
const caches = Object.entries(share).map(([name, part]) => [name, `${Math.round((bytes * part) / 8)}MB`])
const server = await startHalftone({ HALFTONE_CONFIG: config, ...Object.fromEntries(caches) })

const failures = new Map<number, number>()
let renders = 0
const startedAt = performance.now()
const samples: { minute: number; bytes: number }[] = []
const endsAt = startedAt + minutes * 60_000
const minuteNow = () => (performance.now() - startedAt) / 60_000

await Promise.all([
  every(1000 / Number(values.renders), () => ask(mixedRender(names, renders++))),
  every(1000 / Number(values.hits), () => ask(`/photos/${names[0]}?w=320&fm=webp`)),
  every(5000, async () => void samples.push({ minute: minuteNow(), bytes: server.memory() })),
  every(60_000, async () => console.log(line())),
])
await wait(60_000)
const rest = server.memory()
await server.stop()
rmSync(folder, { recursive: true })

const warm = samples.filter(({ minute }) => minute >= warmUp)
const mean = warm.reduce((sum, { bytes }) => sum + bytes, 0) / warm.length
const perTen = (slopeOf(warm) * 10) / mean
const rows = {
  memory: { start: first(), mean, peak: Math.max(...samples.map(({ bytes }) => bytes)), afterAMinute: rest },
  work: { renders, failures: [...failures.values()].reduce((a, b) => a + b, 0) },
}
console.log(rows, Object.fromEntries(failures))
console.log(`growth in ten minutes: ${(perTen * 100).toFixed(2)} % of ${(mean / 1e6).toFixed(0)} MB`)
keep('soak', {
  about: `memory over ${minutes} minutes of ${values.renders} renders and ${values.hits} hits a second`,
  rows,
  ratios: { 'growth in ten minutes': perTen },
  raw: { options: values, samples: samples.map(({ minute, bytes }) => [Number(minute.toFixed(2)), bytes]) },
})

function first(): number {
  return samples[0]?.bytes ?? 0
}

function line(): string {
  const megabytes = ((samples.at(-1)?.bytes ?? 0) / 1e6).toFixed(0)
  return `${minuteNow().toFixed(0)} min  ${megabytes} MB  ${renders} renders  failures ${JSON.stringify([...failures])}`
}

/** Starts the work at a steady pace, whether or not the one before has ended: at most 64 at once. */
async function every(ms: number, work: () => Promise<void>): Promise<void> {
  const running = new Set<Promise<void>>()
  for (let next = performance.now(); next < endsAt; next += ms) {
    await wait(Math.max(0, next - performance.now()))
    if (running.size >= 64) await Promise.race(running)
    const one = work().finally(() => running.delete(one))
    running.add(one)
  }
  await Promise.all(running)
}

async function ask(path: string): Promise<void> {
  const response = await fetch(server.url + path)
  await response.arrayBuffer()
  if (!response.ok) failures.set(response.status, (failures.get(response.status) ?? 0) + 1)
}

/** Least squares, bytes a minute. */
function slopeOf(points: readonly { minute: number; bytes: number }[]): number {
  const n = points.length
  const x = points.reduce((sum, { minute }) => sum + minute, 0) / n
  const y = points.reduce((sum, { bytes }) => sum + bytes, 0) / n
  const above = points.reduce((sum, { minute, bytes }) => sum + (minute - x) * (bytes - y), 0)
  const below = points.reduce((sum, { minute }) => sum + (minute - x) ** 2, 0)
  return above / below
}
