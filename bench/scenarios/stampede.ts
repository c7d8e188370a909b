// 200 clients ask for one picture that nobody has, at the same moment: one source read, one render, and how long it takes.
import { Pool } from 'undici'
import { median } from '../load.ts'
import type { Report } from '../report.ts'
import { type Server, startHalftone } from '../servers.ts'

const clients = 200

export async function run(): Promise<Report> {
  const halftone = await startHalftone({})
  try {
    const rounds: { alone: number; stampede: number; last: number; renders: number }[] = []
    for (let round = 0; round < 9; round++) rounds.push(await stampede(halftone, round))
    const of = (name: keyof (typeof rounds)[number]) => median(rounds.map((figures) => figures[name]))
    return {
      about: `${clients} identical cold requests at once against one cold request; milliseconds to the last answer`,
      rows: {
        stampede: {
          alone: of('alone'),
          last: of('last'),
          rendersPerStampede: of('renders'),
          requestsPerSecond: (clients / of('last')) * 1000,
        },
      },
      ratios: { 'last of 200 / one alone': of('last') / of('alone') },
      raw: rounds,
    }
  } finally {
    await halftone.stop()
  }
}

async function stampede(server: Server, round: number) {
  const pool = new Pool(server.url, { connections: clients })
  const get = async (path: string) => {
    const startedAt = performance.now()
    const { body } = await pool.request({ path, method: 'GET' })
    await body.arrayBuffer()
    return performance.now() - startedAt
  }
  try {
    // Connections are opened first: a handshake is not what is measured.
    await Promise.all(Array.from({ length: clients }, () => get('/healthz')))
    const alone = await get(`/samples/landscape.jpg?w=${700 + round * 2}&fm=webp`)
    const before = await renders(server)
    const times = await Promise.all(
      Array.from({ length: clients }, () => get(`/samples/landscape.jpg?w=${701 + round * 2}&fm=webp`)),
    )
    return {
      alone,
      stampede: median(times),
      last: Math.max(...times),
      renders: (await renders(server)) - before,
    }
  } finally {
    await pool.close()
  }
}

async function renders(server: Server): Promise<number> {
  const text = await (await fetch(`${server.url}/metrics`)).text()
  return [...text.matchAll(/^halftone_render_seconds_count\{.*\} (\d+)/gm)].reduce(
    (sum, [, count]) => sum + Number(count),
    0,
  )
}
