// A Zipf trace of browsers' requests with default settings, from empty caches: the whole CDN against sharp at imgproxy's
// defaults behind nginx with proxy_cache.
import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { availableParallelism, tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Pool } from 'undici'
import { interleave, median } from '../load.ts'
import type { PhotoServer } from '../photo-server.ts'
import type { Report } from '../report.ts'
import { answers, costs, freePort, type Server, startHalftone, startNginxAs, stopped } from '../servers.ts'
import { makeTrace, type TraceRequest } from '../trace.ts'
import { serveSources } from '../trace-sources.ts'

const requests = Number(process.env.BENCH_TRACE_REQUESTS ?? 12_000)
const rounds = Number(process.env.BENCH_TRACE_ROUNDS ?? 2)
const clients = 16
const sampleMs = 200

export interface Traced {
  readonly cpuPer1000: number
  /** Of the second half, when most is in the caches. */
  readonly lateCpuPer1000: number
  readonly p90: number
  readonly p99: number
  readonly megabytes: number
  readonly lateMegabytes: number
  /** Resident memory of all processes, MB. */
  readonly peakMB: number
  readonly sourceRequests: number
}

type PathOf = (request: TraceRequest) => string

export async function run(): Promise<Report> {
  const sources = await serveSources()
  try {
    const raw = await interleave(rounds, {
      halftone: () => withHalftone(sources),
      reference: () => withReference(sources),
    })
    return {
      about: `${requests} requests for 300 photographs in 6 widths by 4 classes of browsers, from empty caches`,
      ...summary(raw),
      raw,
    }
  } finally {
    await sources.stop()
  }
}

async function withHalftone(sources: PhotoServer): Promise<Traced> {
  const folder = mkdtempSync(join(tmpdir(), 'halftone-trace-'))
  const config = join(folder, 'halftone.config.ts')
  const site = { site: sources.url, allowAddresses: ['127.0.0.1/32'] }
  writeFileSync(config, `export default ${JSON.stringify({ sources: { photos: site } })}\n`)
  const server = await startHalftone({ HALFTONE_CONFIG: config })
  try {
    return await traced(
      server,
      sources,
      ({ source, width }) => `/photos/${source}.jpg?w=${width}&auto=format`,
    )
  } finally {
    await server.stop()
    rmSync(folder, { recursive: true, force: true })
  }
}

async function withReference(sources: PhotoServer): Promise<Traced> {
  const port = await freePort()
  const file = fileURLToPath(new URL('../reference-server.ts', import.meta.url))
  const behind: ChildProcess = spawn(process.execPath, [file, sources.url, String(port)], {
    env: {
      ...process.env,
      UV_THREADPOOL_SIZE: String(availableParallelism() + 4),
      MALLOC_ARENA_MAX: '2',
    },
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  await answers(`http://127.0.0.1:${port}/jpeg/16/0.jpg`)
  const files = { ready: Buffer.from('ready') }
  const nginx = await startNginxAs({ files, conf: cacheBefore(port) })
  const { cpuSeconds, memory } = costs(() => [behind.pid ?? 0])
  const both: Server = {
    ...nginx,
    cpuSeconds: () => nginx.cpuSeconds() + cpuSeconds(),
    memory: () => nginx.memory() + memory(),
  }
  try {
    return await traced(both, sources, ({ source, width }) => `/${width}/${source}.jpg`)
  } finally {
    await nginx.stop()
    await stopped(behind, mkdtempSync(join(tmpdir(), 'halftone-trace-')))
  }
}

const cacheBefore =
  (port: number) =>
  (prefix: string, own: number): string =>
    `proxy_cache_path ${prefix}/cache keys_zone=pictures:10m max_size=2g;
  map $http_accept $class { default jpeg; ~image/avif avif; ~image/webp webp; }
  upstream pictures { server 127.0.0.1:${port}; keepalive 32; }
  server {
    listen 127.0.0.1:${own}; root ${prefix}/files;
    location = /ready { }
    location / {
      proxy_pass http://pictures/$class$request_uri; proxy_http_version 1.1; proxy_set_header Connection "";
      proxy_cache pictures; proxy_cache_key $class$request_uri; proxy_cache_lock on; proxy_cache_valid 200 1d;
      add_header Vary Accept;
    }
  }`

async function traced(server: Server, sources: PhotoServer, pathOf: PathOf): Promise<Traced> {
  sources.takeRequests()
  const trace = makeTrace(requests)
  let peak = server.memory()
  const sampler = setInterval(() => {
    peak = Math.max(peak, server.memory())
  }, sampleMs)
  const started = server.cpuSeconds()
  const half = Math.floor(trace.length / 2)
  const early = await asked(server, trace.slice(0, half), pathOf)
  const middle = server.cpuSeconds()
  const late = await asked(server, trace.slice(half), pathOf)
  const end = server.cpuSeconds()
  clearInterval(sampler)
  const times = [...early.times, ...late.times].sort((a, b) => a - b)
  const at = (share: number): number => times[Math.floor(times.length * share)] ?? Number.NaN
  return {
    cpuPer1000: ((end - started) / trace.length) * 1000,
    lateCpuPer1000: ((end - middle) / (trace.length - half)) * 1000,
    p90: at(0.9),
    p99: at(0.99),
    megabytes: (early.bytes + late.bytes) / 1e6,
    lateMegabytes: late.bytes / 1e6,
    peakMB: peak / 1e6,
    sourceRequests: sources.takeRequests(),
  }
}

/** By so many clients, each of which asks when it has its answer. */
async function asked(server: Server, trace: readonly TraceRequest[], pathOf: PathOf) {
  const pool = new Pool(server.url, { connections: clients })
  const times: number[] = []
  let bytes = 0
  let next = 0
  const client = async () => {
    for (let request = trace[next++]; request; request = trace[next++]) {
      const startedAt = performance.now()
      const path = pathOf(request)
      const { accept } = request
      const { statusCode, body } = await pool.request({ path, method: 'GET', headers: { accept } })
      bytes += (await body.arrayBuffer()).byteLength
      if (statusCode !== 200) throw new Error(`${statusCode} for ${path}`)
      times.push(performance.now() - startedAt)
    }
  }
  await Promise.all(Array.from({ length: clients }, client))
  await pool.close()
  return { times, bytes }
}

function summary({
  halftone,
  reference,
}: Readonly<Record<'halftone' | 'reference', readonly Traced[]>>): Pick<Report, 'rows' | 'ratios'> {
  const names = Object.keys(halftone[0] ?? {}) as (keyof Traced)[]
  const mediansOf = (runs: readonly Traced[]) =>
    Object.fromEntries(names.map((name) => [name, median(runs.map((run) => run[name]))]))
  const ratio = (name: keyof Traced): number =>
    median(halftone.map((run, i) => run[name] / (reference[i]?.[name] ?? Number.NaN)))
  return {
    rows: { halftone: mediansOf(halftone), reference: mediansOf(reference) },
    ratios: {
      'CPU for 1,000 requests, halftone / reference': ratio('cpuPer1000'),
      'CPU for 1,000 requests of the second half': ratio('lateCpuPer1000'),
      'bytes sent': ratio('megabytes'),
      'bytes sent in the second half': ratio('lateMegabytes'),
      'p99 of answers': ratio('p99'),
    },
  }
}
