// How long the first asker waits: new sizes of a 12 MP photograph as AVIF, by name and by what the browser reads, against
// JPEG. One at a time, in turn.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Pool } from 'undici'
import { makeSource } from '../bare.ts'
import { median } from '../load.ts'
import type { Report } from '../report.ts'
import { startHalftone } from '../servers.ts'

const contenders = {
  jpeg: { query: 'fm=jpg', accept: '*/*' },
  'avif by name': { query: 'fm=avif', accept: '*/*' },
  'avif by what is read': { query: 'auto=format', accept: 'image/avif,image/webp,*/*' },
} as const
type Name = keyof typeof contenders
const names = Object.keys(contenders) as Name[]

/** Of a page: half are small. Each is asked for once in each format. */
const widths = Array.from({ length: 24 }, (_, index) => Math.round(240 * 1.09 ** index))

interface First {
  readonly width: number
  readonly ms: number
  readonly bytes: number
  readonly type: string
}

export async function run(): Promise<Report> {
  const folder = mkdtempSync(join(tmpdir(), 'halftone-sources-'))
  const config = join(folder, 'halftone.config.ts')
  writeFileSync(config, `export default { sources: { photos: { folder: ${JSON.stringify(folder)} } } }\n`)
  const server = await startHalftone({ HALFTONE_CONFIG: config })
  const pool = new Pool(server.url, { connections: 1 })
  try {
    await makeSource(server, join(folder, 'photo.jpg'))
    const raw: Record<Name, First[]> = { jpeg: [], 'avif by name': [], 'avif by what is read': [] }
    for (const width of [...widths, ...widths.map((width) => width + 1)])
      for (const name of names) raw[name].push(await first(pool, name, width))
    return {
      about: 'the first answer of new sizes of a 12 MP JPEG, one after the other',
      ...summary(raw),
      raw,
    }
  } finally {
    await pool.close()
    await server.stop()
    rmSync(folder, { recursive: true, force: true })
  }
}

async function first(pool: Pool, name: Name, width: number): Promise<First> {
  const { query, accept } = contenders[name]
  const startedAt = performance.now()
  const path = `/photos/photo.jpg?w=${width}&${query}`
  const { statusCode, headers, body } = await pool.request({ path, method: 'GET', headers: { accept } })
  const { byteLength } = await body.arrayBuffer()
  if (statusCode !== 200) throw new Error(`${statusCode} for ${path}`)
  const type = String(headers['content-type'])
  return { width, ms: performance.now() - startedAt, bytes: byteLength, type }
}

function summary(raw: Readonly<Record<Name, readonly First[]>>): Pick<Report, 'rows' | 'ratios'> {
  const figures = (name: Name) => {
    const ms = raw[name].map(({ ms }) => ms)
    return {
      median: median(ms),
      p95: p95(ms),
      kilobytes: raw[name].reduce((sum, { bytes }) => sum + bytes, 0) / raw[name].length / 1000,
    }
  }
  const rows = Object.fromEntries(names.map((name) => [name, figures(name)])) as Record<
    Name,
    ReturnType<typeof figures>
  >
  return {
    rows,
    ratios: Object.fromEntries(
      names.slice(1).map((name) => [`p95 of ${name} / jpeg`, rows[name].p95 / rows.jpeg.p95]),
    ),
  }
}

const p95 = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[Math.ceil(values.length * 0.95) - 1] ?? Number.NaN
