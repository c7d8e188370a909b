// A picture that nginx has kept: our Lua on the way, against the same nginx without Lua; one worker on one core each.
import { execFileSync, spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { sign } from '../../edge/signature.ts'
import { nginxFiles } from '../../nginx/index.ts'
import { burst, interleave, type Measured, medians } from '../load.ts'
import type { Report } from '../report.ts'
import { answers, costs, freePort, pin, type Server, startHalftone, stopped, treeOf } from '../servers.ts'

const tierSecret = 'the secret of a benchmark'
const signing = { scheme: 'hmac-sha256', keys: ['the key of a benchmark'] } as const
const open = { scheme: 'hmac-sha256', keys: [] } as const
const headers = { accept: 'image/avif,image/webp,image/apng,image/svg+xml,image/*,*/*;q=0.8' }
/** Signed everywhere: a source without keys passes over the signature. */
const path = sign('/samples/landscape.jpg?w=480&auto=format&q=80', signing)

const seconds = 2

export async function run(): Promise<Report> {
  const halftone = await startHalftone({ HALFTONE_BEHIND_NGINX: 'true', HALFTONE_TIER_SECRET: tierSecret })
  const fronts = {
    'no Lua': await startFront(halftone.url, open, withoutLua),
    Lua: await startFront(halftone.url, open),
    'Lua, signed': await startFront(halftone.url, signing),
  }
  try {
    const bursts = {
      'no Lua': () => burst(fronts['no Lua'], { path, headers, seconds }),
      Lua: () => burst(fronts.Lua, { path, headers, seconds }),
      'Lua, signed': () => burst(fronts['Lua, signed'], { path, headers, seconds }),
    }
    for (const front of Object.values(fronts)) await untilKept(front.url)
    for (const warm of Object.values(bursts)) await warm()
    const raw = await interleave(5, bursts)
    const rows = Object.fromEntries(Object.entries(raw).map(([name, rounds]) => [name, medians(rounds)]))
    return {
      about: 'a hit in nginx with our Lua against one without Lua; CPU per request, 1 = without',
      rows,
      ratios: { 'CPU without Lua / with Lua': ratio(rows, 'Lua'), signed: ratio(rows, 'Lua, signed') },
      raw,
    }
  } finally {
    await Promise.all([...Object.values(fronts), halftone].map((server) => server.stop()))
  }
}

/** What is measured is a hit, in every one of them. */
async function untilKept(url: string): Promise<void> {
  for (let tries = 0; tries < 100; tries++) {
    const answer = await fetch(url + path, { headers })
    if (answer.headers.get('cache-status') === 'halftone-nginx; hit') return
    await new Promise((done) => setTimeout(done, 50))
  }
  throw new Error('nginx keeps nothing')
}

const ratio = (rows: Readonly<Record<string, Measured>>, name: string): number =>
  (rows['no Lua']?.cpuPer1000 ?? 0) / (rows[name]?.cpuPer1000 ?? 1)

/** The same directives with what nginx can do by itself: a class of formats by its own map, and the query as it came. */
const withoutLua = (config: string): string =>
  config
    .replace(/\n *(?:access|header_filter)_by_lua_block \{\n[^}]*\n *\}/g, '')
    .replace('proxy_cache_key $halftone_key;', 'proxy_cache_key "$uri?$args $bench_class";')
    .replace('proxy_set_header Accept $halftone_accept;', 'proxy_set_header Accept $http_accept;')
    .replace(
      'server {\n',
      'map $http_accept $bench_class { "~image/avif" avif; "~image/webp" webp; default basic; }\n  server {\n',
    )

async function startFront(
  edge: string,
  signed: { readonly scheme: 'hmac-sha256'; readonly keys: readonly string[] },
  edit = (config: string): string => config,
): Promise<Server> {
  const folder = mkdtempSync(join(tmpdir(), 'halftone-bench-nginx-'))
  const port = await freePort()
  const sources = new Map([['samples', { defaults: '', isNamed: true, signing: signed }]])
  const files = nginxFiles(settingsFor(folder, port), { sources, edges: [edge], tierSecrets: [tierSecret] })
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true })
    writeFileSync(join(folder, name), name === 'nginx.conf' ? edit(text) : text)
  }
  mkdirSync(join(folder, 'cache'))
  execFileSync('chmod', ['-R', 'a+rwX', folder])
  const [file = '', ...args] = pin(0, [
    ...['nginx', '-p', folder, '-e', join(folder, 'error.log')],
    ...['-c', join(folder, 'nginx.conf'), '-g', 'daemon off;'],
  ])
  const child = spawn(file, args, { stdio: 'ignore' })
  const url = `http://127.0.0.1:${port}`
  await answers(`${url}/-/health`)
  return { url, ...costs(() => treeOf(child.pid ?? 0)), stop: () => stopped(child, folder) }
}

const settingsFor = (folder: string, port: number) => ({
  folder,
  runFolder: folder,
  logFolder: folder,
  user: 'nobody nogroup',
  workers: 1,
  http: [`127.0.0.1:${port}`],
  https: [],
  certificate: '',
  certificateKey: '',
  cacheFolder: join(folder, 'cache'),
  cacheBytes: 100e6,
  purgeFrom: ['127.0.0.1/32'],
  edgeMs: 30_000,
  connectMs: 1000,
})
