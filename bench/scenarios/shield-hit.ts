// A picture the edge does not have and the shield does: two processes, one hop between them, nginx static for scale.
import { burst, interleave, medians } from '../load.ts'
import type { Report } from '../report.ts'
import { startHalftone, startNginx } from '../servers.ts'

const picture = '/samples/landscape.jpg?w=480&fm=webp&q=80'

export async function run(): Promise<Report> {
  const below = await startHalftone({ HALFTONE_ROLES: 'shield,origin' })
  // An edge whose memory keeps nothing: every request crosses to the shield.
  const edge = await startHalftone(
    { HALFTONE_ROLES: 'edge', HALFTONE_SHIELDS: below.url, HALFTONE_EDGE_MEMORY: '1kB' },
    0,
  )
  const body = Buffer.from(await (await fetch(edge.url + picture)).arrayBuffer())
  const nginx = await startNginx({ picture: body }, 0)
  // What both processes spend is the cost of the answer.
  const both = { ...edge, cpuSeconds: () => edge.cpuSeconds() + below.cpuSeconds() }
  try {
    const bursts = {
      'edge and shield': () => burst(both, { path: picture }),
      'nginx static': () => burst(nginx, { path: '/picture' }),
    }
    for (const warm of Object.values(bursts)) await warm()
    const raw = await interleave(5, bursts)
    const rows = {
      'edge and shield': medians(raw['edge and shield']),
      'nginx static': medians(raw['nginx static']),
    }
    const ratio = rows['nginx static'].cpuPer1000 / rows['edge and shield'].cpuPer1000
    return {
      about: 'a shield hit through an edge, both processes counted',
      rows,
      ratios: { 'nginx CPU / halftone CPU': ratio },
      raw,
    }
  } finally {
    await Promise.all([edge.stop(), below.stop(), nginx.stop()])
  }
}
