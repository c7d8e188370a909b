// Hits while renders keep every core busy: what a visitor with a cached page feels during a burst of new pictures.
import { setPriority } from 'node:os'
import { Pool } from 'undici'
import { interleave, medians, paced } from '../load.ts'
import type { Report } from '../report.ts'
import { type Server, startHalftone } from '../servers.ts'

const picture = '/samples/landscape.jpg?w=480&fm=webp&q=80'
const hits = { path: picture, rate: 300, connections: 8, seconds: 5 } as const

export async function run(): Promise<Report> {
  const halftone = await startHalftone({})
  try {
    measureOnTime()
    await paced(halftone, { ...hits, seconds: 2 })
    const raw = await interleave(4, {
      'hits alone': () => paced(halftone, hits),
      'hits during renders': () => during(halftone, () => paced(halftone, hits)),
    })
    const rows = {
      'hits alone': medians(raw['hits alone']),
      'hits during renders': medians(raw['hits during renders']),
    }
    return {
      about: '300 hits a second, alone and while both cores render; milliseconds',
      rows,
      ratios: {
        'p99 during renders / alone': rows['hits during renders'].p99 / Math.max(1, rows['hits alone'].p99),
      },
      raw,
    }
  } finally {
    await halftone.stop()
  }
}

/**
 * A visitor does not sit on the server's cores; whoever measures here does, and would count its own waiting for one as
 * the server's. Only root may go first: without it the figures are too high.
 */
function measureOnTime(): void {
  try {
    setPriority(-15)
  } catch {
    console.log('not root: the latencies include the waiting of the generator itself')
  }
}

let width = 400

/** Keeps eight different renders asked for until `work` is done. */
async function during<Result>(server: Server, work: () => Promise<Result>): Promise<Result> {
  const pool = new Pool(server.url, { connections: 8 })
  let done = false
  const renders = Array.from({ length: 8 }, async () => {
    while (!done) {
      width = width >= 1500 ? 400 : width + 1
      const { body } = await pool.request({
        path: `/samples/landscape.jpg?w=${width}&fm=webp&q=${30 + (width % 60)}&h=${300 + Math.floor(Math.random() * 900)}&fit=crop`,
        method: 'GET',
      })
      await body.arrayBuffer()
    }
  })
  try {
    return await work()
  } finally {
    done = true
    await Promise.all(renders)
    await pool.close()
  }
}
