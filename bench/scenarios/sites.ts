// A site behind Halftone against the same site behind nginx with proxy_cache: one core each, CPU compared, in one run.
import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { burst, interleave, type Measured, medians } from '../load.ts'
import type { Report } from '../report.ts'
import { startHalftone, startNginxAs } from '../servers.ts'

const files = { small: randomBytes(20_000), large: randomBytes(10_000_000) }

export async function run(): Promise<Report> {
  const origin = await startNginxAs({ files, core: 1, conf: originConf })
  const folder = mkdtempSync(join(tmpdir(), 'halftone-bench-site-'))
  const config = join(folder, 'halftone.config.ts')
  // Halftone's own paths stay under its address.
  const site = { hosts: ['localhost'], origin: origin.url, allowAddresses: ['127.0.0.1/32'] }
  writeFileSync(config, `export default ${JSON.stringify({ sites: { site } })}\n`)
  const nginx = await startNginxAs({ files, core: 0, conf: proxyConf(origin.url) })
  const started = await startHalftone({ HALFTONE_CONFIG: config, HALFTONE_SAMPLES: 'false' }, 0)
  const halftone = { ...started, url: started.url.replace('127.0.0.1', 'localhost') }
  try {
    const bursts = {
      'halftone hit 20 kB': () => burst(halftone, { path: '/stored/small', seconds: 2 }),
      'nginx hit 20 kB': () => burst(nginx, { path: '/stored/small', seconds: 2 }),
      'halftone stored 10 MB': () => burst(halftone, { path: '/stored/large', seconds: 2, connections: 4 }),
      'nginx stored 10 MB': () => burst(nginx, { path: '/stored/large', seconds: 2, connections: 4 }),
      'halftone passed 10 MB': () => burst(halftone, { path: '/passed/large', seconds: 2, connections: 4 }),
      'nginx passed 10 MB': () => burst(nginx, { path: '/passed/large', seconds: 2, connections: 4 }),
      'halftone passed 20 kB': () => burst(halftone, { path: '/passed/small', seconds: 1, connections: 1 }),
      'nginx passed 20 kB': () => burst(nginx, { path: '/passed/small', seconds: 1, connections: 1 }),
      'origin itself 20 kB': () => burst(origin, { path: '/passed/small', seconds: 1, connections: 1 }),
    }
    for (const warm of Object.values(bursts)) await warm()
    const raw = await interleave(3, bursts)
    const rows = Object.fromEntries(Object.entries(raw).map(([name, rounds]) => [name, medians(rounds)]))
    return {
      about: 'sites against nginx proxy_cache; CPU per request, 1 = nginx',
      rows,
      ratios: ratiosOf(rows),
      raw,
    }
  } finally {
    await Promise.all([halftone.stop(), nginx.stop(), origin.stop()])
    rmSync(folder, { recursive: true, force: true })
  }
}

function ratiosOf(rows: Readonly<Record<string, Measured>>): Record<string, number> {
  const ratio = (what: string) =>
    (rows[`nginx ${what}`]?.cpuPer1000 ?? 0) / (rows[`halftone ${what}`]?.cpuPer1000 ?? 1)
  const added = (who: string) =>
    (rows[`${who} passed 20 kB`]?.p50 ?? 0) - (rows['origin itself 20 kB']?.p50 ?? 0)
  return {
    'nginx CPU / halftone CPU, hit 20 kB': ratio('hit 20 kB'),
    'nginx CPU / halftone CPU, stored 10 MB': ratio('stored 10 MB'),
    'nginx CPU / halftone CPU, passed 10 MB': ratio('passed 10 MB'),
    'milliseconds that halftone adds to p50': added('halftone'),
    'milliseconds that nginx adds to p50': added('nginx'),
  }
}

const originConf = (prefix: string, port: number): string => `server {
    listen 127.0.0.1:${port}; root ${prefix}/files;
    location /stored/ { alias ${prefix}/files/; add_header Cache-Control "public, max-age=86400"; }
    location /passed/ { alias ${prefix}/files/; add_header Cache-Control "no-store"; }
  }`

const proxyConf =
  (origin: string) =>
  (prefix: string, port: number): string =>
    `proxy_cache_path ${prefix}/cache keys_zone=site:10m max_size=1g;
  upstream origin { server ${new URL(origin).host}; keepalive 64; }
  server {
    listen 127.0.0.1:${port}; root ${prefix}/files;
    location ~ ^/(stored|passed)/ {
      proxy_pass http://origin; proxy_http_version 1.1; proxy_set_header Connection "";
      proxy_cache site; add_header X-Cache $upstream_cache_status;
    }
  }`
