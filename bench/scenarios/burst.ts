// All sizes and formats of a page's new photograph at once: the whole CDN over HTTP, its source too, against a bare sharp
// loop that makes each of them from the file.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { availableParallelism, tmpdir } from 'node:os'
import { join } from 'node:path'
import { Pool } from 'undici'
import { inBareLoop, makePhonePhoto, type Run, startBareLoop } from '../bare.ts'
import type { BareJob } from '../bare-loop.ts'
import { interleave, median } from '../load.ts'
import { servePhotos } from '../photo-server.ts'
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
  const source = await servePhotos(() => readFileSync(file))
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
