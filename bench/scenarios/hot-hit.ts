// A picture in the edge's memory, against nginx serving the same bytes as a static file and from its proxy_cache: one core
// each, CPU compared, and the waiting of many connections.
import { burst, interleave, type Measured, medians } from '../load.ts'
import type { Report } from '../report.ts'
import { type Server, startHalftone, startNginx, startNginxAs } from '../servers.ts'

/** About 20 kB and about 200 kB. */
const pictures = {
  '20 kB': '/samples/landscape.jpg?w=480&fm=webp&q=80',
  '200 kB': '/samples/landscape.jpg?w=1600&fm=jpg&q=92',
} as const

const seconds = 2
const many = { connections: 64, seconds: 3 } as const

export async function run(): Promise<Report> {
  const halftone = await startHalftone({}, 0)
  const bodies = await fetchAll(halftone)
  const files = { small: bodies['20 kB'].body, large: bodies['200 kB'].body }
  const nginx = await startNginx(files, 0)
  const proxy = await startNginxAs({ files, core: 0, conf: cachedConf(nginx.url) })
  try {
    const bursts = {
      'halftone 20 kB': () => burst(halftone, { path: pictures['20 kB'], seconds }),
      'nginx 20 kB': () => burst(nginx, { path: '/small', seconds }),
      'halftone 200 kB': () => burst(halftone, { path: pictures['200 kB'], seconds }),
      'nginx 200 kB': () => burst(nginx, { path: '/large', seconds }),
      'halftone 304': () => burst304(halftone, pictures['20 kB'], bodies['20 kB'].etag),
      'nginx 304': () => revalidated(nginx, '/small'),
      'halftone, 64 connections': () => burst(halftone, { path: pictures['20 kB'], ...many }),
      'nginx, 64 connections': () => burst(nginx, { path: '/small', ...many }),
      'proxy_cache, 64 connections': () => burst(proxy, { path: '/small', ...many }),
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
    await Promise.all([halftone.stop(), nginx.stop(), proxy.stop()])
  }
}

function ratiosOf(rows: Readonly<Record<string, Measured>>): Record<string, number> {
  const ratio = (size: string) =>
    (rows[`nginx ${size}`]?.cpuPer1000 ?? 0) / (rows[`halftone ${size}`]?.cpuPer1000 ?? 1)
  const many = (who: string) => rows[`${who}, 64 connections`]
  const waiting = (who: string) => (many('halftone')?.p99 ?? 0) / (many(who)?.p99 ?? 1)
  return {
    ...Object.fromEntries(
      ['20 kB', '200 kB', '304'].map((size) => [`nginx CPU / halftone CPU, ${size}`, ratio(size)]),
    ),
    'proxy_cache CPU / halftone CPU, 64 connections':
      (many('proxy_cache')?.cpuPer1000 ?? 0) / (many('halftone')?.cpuPer1000 ?? 1),
    'p99 halftone / nginx, 64 connections': waiting('nginx'),
    'p99 halftone / proxy_cache, 64 connections': waiting('proxy_cache'),
  }
}

/** A file that it has fetched once. */
const cachedConf =
  (origin: string) =>
  (prefix: string, port: number): string =>
    `proxy_cache_path ${prefix}/cache keys_zone=pictures:10m max_size=1g;
  server {
    listen 127.0.0.1:${port};
    location / { proxy_pass ${origin}; proxy_cache pictures; proxy_cache_valid 200 1d; }
  }`

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
  burst(server, { path, seconds, headers: { 'if-none-match': etag } })
