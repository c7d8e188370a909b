// One edge process against two on one port, whose load takes the same cores: hits a second as they are, and what the CPU of a
// hit says of a machine whose load comes from elsewhere.
import { availableParallelism } from 'node:os'
import { burst, interleave, type Measured, median, medians } from '../load.ts'
import type { Report } from '../report.ts'
import { cpuOf, type Server, startHalftone } from '../servers.ts'

const path = '/samples/landscape.jpg?w=480&fm=webp&q=80'
const load = { path, connections: 64, seconds: 4, isAnywhere: true } as const
const processes = 2

/** `largest`: of the CPU of all processes that served, the part of the one that served the most. */
type Shared = Measured & { readonly largest: number }

export async function run(): Promise<Report> {
  const below = await startHalftone({ HALFTONE_ROLES: 'shield,origin' })
  const edge = (count: number) =>
    startHalftone({
      HALFTONE_ROLES: 'edge',
      HALFTONE_SHIELDS: below.url,
      HALFTONE_EDGE_PROCESSES: String(count),
    })
  const [one, two] = [await edge(1), await edge(processes)]
  try {
    for (const warm of [one, two]) await measured(warm)
    const raw = await interleave(5, {
      'one process': () => measured(one),
      'two processes': () => measured(two),
    })
    const rows = {
      'one process': withShares(raw['one process']),
      'two processes': withShares(raw['two processes']),
    }
    const [alone, both] = [rows['one process'], rows['two processes']]
    const most = Math.min(1 / both.largest, availableParallelism())
    return {
      about: 'hits of edge processes on one port, from memory; the load is on the same cores',
      rows,
      ratios: {
        'hits a second, two / one, with the load on the same cores':
          both.requestsPerSecond / alone.requestsPerSecond,
        'CPU of a hit, two / one': both.cpuPer1000 / alone.cpuPer1000,
        'hits a second, two / one, by their CPU alone': (most * alone.cpuPer1000) / both.cpuPer1000,
      },
      raw,
    }
  } finally {
    await Promise.all([one.stop(), two.stop()])
    await below.stop()
  }
}

async function measured(server: Server): Promise<Shared> {
  const before = new Map(server.pids().map((pid) => [pid, cpuOf(pid)]))
  const figures = await burst(server, load)
  const spent = server.pids().map((pid) => cpuOf(pid) - (before.get(pid) ?? 0))
  return { ...figures, largest: Math.max(...spent) / spent.reduce((sum, each) => sum + each, 0) }
}

const withShares = (rounds: readonly Shared[]): Shared => ({
  ...medians(rounds),
  largest: median(rounds.map(({ largest }) => largest)),
})
