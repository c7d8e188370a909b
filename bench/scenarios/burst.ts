// All sizes and formats of a page's new photograph at once: the whole CDN over HTTP, its source too, against a bare sharp
// loop that makes each of them from the file.
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { availableParallelism, tmpdir } from 'node:os'
import { join } from 'node:path'
import { Pool } from 'undici'
import { inBareLoop, makePhonePhoto, type Run, startBareLoop } from '../bare.ts'
import type { BareJob } from '../bare-loop.ts'
import { interleave, median } from '../load.ts'
import type { Report } from '../report.ts'
import { type Server, startHalftone } from '../servers.ts'

const widths = [320, 480, 640, 800, 960, 1280, 1600, 1920]
const formats = ['jpeg', 'webp', 'avif'] as const
const urlNames = { jpeg: 'jpg', webp: 'webp', avif: 'avif' } as const
const jobs: BareJob[] = widths.flatMap((width) => formats.map((format) => ({ width, format })))
const rounds = 5

interface Burst extends Run {
  readonly firstMs?: number
  readonly decodes: number
}

export async function run(): Promise<Report> {
  const folder = mkdtempSync(join(tmpdir(), 'halftone-sources-'))
  const file = join(folder, 'photo.jpg')
  const source = await serve(() => readFileSync(file))
  const config = join(folder, 'halftone.config.ts')
  const site = { site: source.url, allowAddresses: ['127.0.0.1/32'] }
  writeFileSync(config, `export default { sources: { photos: ${JSON.stringify(site)} } }\n`)
  const halftone = await startHalftone({ HALFTONE_CONFIG: config })
  const bare = startBareLoop()
  try {
    await makePhonePhoto(halftone, file)
    let round = 0
    const raw = await interleave(rounds, {
      halftone: () => burst(halftone, `${round++}`),
      bare: async (): Promise<Burst> => {
        const run = await inBareLoop(bare, { file, jobs, atOnce: availableParallelism() })
        return { ...run, decodes: jobs.length }
      },
    })
    return { about: '8 widths in 3 formats of a new 12 MP JPEG, all at once', ...summary(raw), raw }
  } finally {
    bare.kill()
    await halftone.stop()
    await source.stop()
    rmSync(folder, { recursive: true, force: true })
  }
}

/** Every path is a source with bytes of its own: the path is in a comment (ITU-T T.81 B.2.4.5). */
async function serve(read: () => Buffer) {
  const server = createServer((request, response) => {
    const path = Buffer.from(request.url ?? '')
    const comment = Buffer.from([0xff, 0xfe, 0, path.length + 2])
    const photo = read()
    const body = Buffer.concat([photo.subarray(0, 2), comment, path, photo.subarray(2)])
    response.writeHead(200, { 'content-type': 'image/jpeg', 'content-length': body.length })
    response.end(body)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    stop: () => new Promise((done) => server.close(done).closeAllConnections()),
  }
}

async function burst(server: Server, name: string): Promise<Burst> {
  const pool = new Pool(server.url, { connections: jobs.length })
  const [cpu, decodes] = [server.cpuSeconds(), await decodesOf(server)]
  const startedAt = performance.now()
  const answers = await Promise.all(
    jobs.map(async ({ width, format }) => {
      const path = `/photos/${name}.jpg?w=${width}&fm=${urlNames[format as keyof typeof urlNames]}`
      const { statusCode, body } = await pool.request({ path, method: 'GET' })
      await body.arrayBuffer()
      if (statusCode !== 200) throw new Error(`${statusCode} for ${path}`)
      return performance.now() - startedAt
    }),
  )
  const cpuSeconds = server.cpuSeconds() - cpu
  await pool.close()
  const times = answers.toSorted((a, b) => a - b)
  return {
    ms: times.at(-1) ?? 0,
    firstMs: times[0] ?? 0,
    cpuSeconds,
    decodes: (await decodesOf(server)) - decodes,
  }
}

async function decodesOf(server: Server): Promise<number> {
  const text = await (await fetch(`${server.url}/metrics`)).text()
  return Number(/^halftone_decodes_total (\d+)/m.exec(text)?.[1] ?? 0)
}

function summary({
  halftone,
  bare,
}: Readonly<Record<'halftone' | 'bare', readonly Burst[]>>): Pick<Report, 'rows' | 'ratios'> {
  // Pair by pair, so that a slow minute of the machine counts for both.
  const pairs = (of: (run: Run) => number) =>
    median(bare.map((each, i) => (halftone[i] ? of(halftone[i]) / of(each) : Number.NaN)))
  return {
    rows: {
      halftone: {
        cpuSeconds: median(halftone.map(({ cpuSeconds }) => cpuSeconds)),
        lastMs: median(halftone.map(({ ms }) => ms)),
        firstMs: median(halftone.map(({ firstMs = Number.NaN }) => firstMs)),
        decodes: median(halftone.map(({ decodes }) => decodes)),
      },
      bare: {
        cpuSeconds: median(bare.map(({ cpuSeconds }) => cpuSeconds)),
        lastMs: median(bare.map(({ ms }) => ms)),
        decodes: jobs.length,
      },
    },
    ratios: {
      'CPU halftone / bare loop': pairs(({ cpuSeconds }) => cpuSeconds),
      'last answer halftone / bare loop': pairs(({ ms }) => ms),
    },
  }
}
