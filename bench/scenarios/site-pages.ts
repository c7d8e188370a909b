// Pages that are added to while they pass: what it costs, and how long it holds up the event loop of everybody else.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import sharp from 'sharp'
import { request } from 'undici'
import { burst, interleave, medians } from '../load.ts'
import { prepareLooking } from '../look-inside.ts'
import type { Report } from '../report.ts'
import { startHalftone, startNginxAs } from '../servers.ts'

const pictures = 40
const pageBytes = 100_000
const seconds = Number(process.env.BENCH_SECONDS ?? 4)

const words =
  '<p>A cap, <b>unlike</b> <a href="/caps?a=1&amp;b=2">the others</a>, for <i>all</i> weathers.</p>\n'

function aPage(): string {
  const images = Array.from({ length: pictures }, (_, n) => `<img src="/${n}.jpg" alt="cap ${n}">\n`)
  const between = words.repeat(Math.ceil(pageBytes / pictures / words.length))
  return `<!doctype html><meta charset=utf-8><title>Caps</title>${images.join(between)}`
}

export async function run(): Promise<Report> {
  const picture = await sharp({ create: { width: 900, height: 600, channels: 3, background: '#268' } })
    .jpeg()
    .toBuffer()
  const names = Array.from({ length: pictures }, (_, n) => `${n}.jpg`)
  const files = { page: Buffer.from(aPage()), ...Object.fromEntries(names.map((name) => [name, picture])) }
  const origin = await startNginxAs({ files, core: 1, conf: originConf })
  const folder = mkdtempSync(join(tmpdir(), 'halftone-bench-pages-'))
  const config = join(folder, 'halftone.config.ts')
  const where = { origin: origin.url, allowAddresses: ['127.0.0.1/32'] }
  const html = { dimensions: true, srcset: true, lazy: true, decoding: true }
  const sites = {
    plain: { ...where, hosts: ['plain.localhost'] },
    added: { ...where, hosts: ['added.localhost'], html },
  }
  writeFileSync(config, `export default ${JSON.stringify({ sites })}\n`)
  const looking = prepareLooking()
  const environment = { HALFTONE_CONFIG: config, HALFTONE_SAMPLES: 'false', ...looking.environment }
  const halftone = await startHalftone(environment, 0)
  const held: Record<string, { longestMs: number[]; p99Ms: number[] }> = {}
  const of = (host: string) => async () => {
    await looking.look(halftone)
    const figures = await burst(halftone, {
      ...{ path: '/page', seconds, connections: 4, headers: { Host: `${host}.localhost` } },
    })
    const { longestMs, p99Ms } = await looking.look(halftone)
    held[host] ??= { longestMs: [], p99Ms: [] }
    held[host].longestMs.push(longestMs)
    held[host].p99Ms.push(p99Ms)
    return figures
  }
  try {
    for (const name of names) {
      const { body } = await request(`${halftone.url}/${name}`, { headers: { host: 'added.localhost' } })
      await body.dump()
    }
    const bursts = { plain: of('plain'), added: of('added') }
    for (const warm of Object.values(bursts)) await warm()
    for (const name of Object.keys(held)) delete held[name]
    const raw = await interleave(3, bursts)
    const rows = { plain: medians(raw.plain), added: medians(raw.added) }
    return {
      about: `pages of ${pageBytes / 1000} kB with ${pictures} pictures, passed as they are and added to`,
      rows,
      ratios: {
        'milliseconds of CPU that adding takes for a page': rows.added.cpuPer1000 - rows.plain.cpuPer1000,
        ...Object.fromEntries(
          Object.entries(held).flatMap(([name, { longestMs, p99Ms }]) => [
            [`milliseconds of the event loop, longest, ${name}`, Math.max(...longestMs)],
            [`milliseconds of the event loop, 99 of 100, ${name}`, Math.max(...p99Ms)],
          ]),
        ),
      },
      raw: { raw, held },
    }
  } finally {
    await Promise.all([halftone.stop(), origin.stop()])
    looking.end()
    rmSync(folder, { recursive: true, force: true })
  }
}

const originConf = (prefix: string, port: number): string => `server {
    listen 127.0.0.1:${port}; root ${prefix}/files;
    location /page { default_type "text/html; charset=utf-8"; add_header Cache-Control "no-store"; }
    location / { add_header Cache-Control "public, max-age=86400"; }
  }`
