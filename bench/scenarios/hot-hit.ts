// A picture in the edge's memory, against nginx serving the same bytes as a static file: one core each, CPU compared.
import { burst, interleave, type Measured, medians } from '../load.ts'
import type { Report } from '../report.ts'
import { type Server, startHalftone, startNginx } from '../servers.ts'

/** About 20 kB and about 200 kB. */
const pictures = {
  '20 kB': '/samples/landscape.jpg?w=480&fm=webp&q=80',
  '200 kB': '/samples/landscape.jpg?w=1600&fm=jpg&q=92',
} as const

export async function run(): Promise<Report> {
  const halftone = await startHalftone({}, 0)
  const bodies = await fetchAll(halftone)
  const nginx = await startNginx({ small: bodies['20 kB'].body, large: bodies['200 kB'].body }, 0)
  try {
    const bursts = {
      'halftone 20 kB': () => burst(halftone, { path: pictures['20 kB'] }),
      'nginx 20 kB': () => burst(nginx, { path: '/small' }),
      'halftone 200 kB': () => burst(halftone, { path: pictures['200 kB'] }),
      'nginx 200 kB': () => burst(nginx, { path: '/large' }),
      'halftone 304': () => burst304(halftone, pictures['20 kB'], bodies['20 kB'].etag),
      'nginx 304': () => revalidated(nginx, '/small'),
    }
    for (const warm of Object.values(bursts)) await warm()
    const raw = await interleave(5, bursts)
    const rows = Object.fromEntries(Object.entries(raw).map(([name, rounds]) => [name, medians(rounds)]))
    return {
      about: 'an edge hit against nginx static; CPU per request, 1 = nginx',
      rows,
      ratios: ratiosOf(rows),
      raw,
    }
  } finally {
    await Promise.all([halftone.stop(), nginx.stop()])
  }
}

function ratiosOf(rows: Readonly<Record<string, Measured>>): Record<string, number> {
  const ratio = (size: string) =>
    (rows[`nginx ${size}`]?.cpuPer1000 ?? 0) / (rows[`halftone ${size}`]?.cpuPer1000 ?? 1)
  return Object.fromEntries(
    ['20 kB', '200 kB', '304'].map((size) => [`nginx CPU / halftone CPU, ${size}`, ratio(size)]),
  )
}

async function fetchAll(server: Server) {
  const one = async (path: string) => {
    const response = await fetch(server.url + path)
    return { body: Buffer.from(await response.arrayBuffer()), etag: response.headers.get('etag') ?? '' }
  }
  return { '20 kB': await one(pictures['20 kB']), '200 kB': await one(pictures['200 kB']) }
}

async function revalidated(server: Server, path: string): Promise<Measured> {
  const etag = (await fetch(server.url + path)).headers.get('etag') ?? ''
  return burst304(server, path, etag)
}

const burst304 = (server: Server, path: string, etag: string): Promise<Measured> =>
  burst(server, { path, headers: { 'if-none-match': etag } })
