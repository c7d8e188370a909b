// A real nginx by `halftone nginx`, on loopback in a temporary folder, ended by its process.
import { execFileSync } from 'node:child_process'
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import type { FrontSource } from '../../edge/front-key.ts'
import type { Signing } from '../../edge/signature.ts'
import { type NginxSettings, nginxFiles } from '../../nginx/index.ts'
import { aClient, type Client } from '../journeys/cdn.ts'
import { freePort } from '../servers/ports.ts'
import { end, type Started, start, untilAnswers } from '../servers/processes.ts'

const needed = [
  '/usr/sbin/nginx',
  '/usr/lib/nginx/modules/ngx_http_lua_module.so',
  '/usr/share/lua/5.1/resty/core.lua',
]

/** Why it cannot be started here, when it cannot. */
export const nginxMissing: string | undefined =
  needed.every((path) => existsSync(path)) && hasCjson()
    ? undefined
    : 'nginx with Lua is not installed (nginx-light libnginx-mod-http-lua lua-resty-core lua-cjson)'

function hasCjson(): boolean {
  return ['x86_64', 'aarch64'].some((machine) => existsSync(`/usr/lib/${machine}-linux-gnu/lua/5.1/cjson.so`))
}

/** One source, unsigned. */
export const aSite = new Map([
  ['shop', { defaults: '', signing: { scheme: 'hmac-sha256', keys: [] } as Signing }],
])

export const tierSecret = 'the secret of all tiers'

export interface FrontOptions {
  readonly edges: readonly string[]
  readonly sources: ReadonlyMap<string, FrontSource & { readonly signing: Signing }>
  readonly settings?: Partial<NginxSettings>
  readonly syncSeconds?: number
  readonly prefixes?: readonly string[]
  readonly hosts?: readonly string[]
  /** Changes the text of nginx.conf. */
  readonly edit?: (config: string) => string
}

export interface Front extends Client {
  readonly url: string
  readonly port: number
  readonly folder: string
  readonly cacheFolder: string
  /** Without its folder: `again` finds what was kept. */
  stop(): Promise<void>
  again(): Promise<void>
  /** Its processes below the master. */
  workers(): readonly number[]
  /** As `nginx -s reload`. */
  reload(): void
  errors(): string
  purge(purges: readonly object[]): Promise<number>
}

export interface Written {
  readonly folder: string
  readonly port: number
  readonly settings: NginxSettings
}

/** The files, in a folder of their own. */
export async function writeFront({
  edges,
  sources,
  settings,
  syncSeconds,
  prefixes = [],
  hosts = [],
  edit = (text) => text,
}: FrontOptions): Promise<Written> {
  const folder = mkdtempSync(join(tmpdir(), 'halftone-nginx-'))
  const port = await freePort()
  const all: NginxSettings = {
    folder,
    runFolder: folder,
    logFolder: folder,
    user: process.getuid?.() === 0 ? 'nobody nogroup' : 'nobody',
    workers: 2,
    http: [`127.0.0.1:${port}`],
    https: [],
    certificate: join(folder, 'certificate.pem'),
    certificateKey: join(folder, 'key.pem'),
    cacheFolder: join(folder, 'cache'),
    cacheBytes: 100e6,
    purgeFrom: ['127.0.0.1/32'],
    edgeMs: 20_000,
    connectMs: 1000,
    ...settings,
  }
  const files = nginxFiles(all, {
    sources,
    edges,
    tierSecrets: [tierSecret],
    prefixes,
    hosts,
    ...(syncSeconds && { syncSeconds }),
  })
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true })
    writeFileSync(join(folder, name), name === 'nginx.conf' ? edit(text) : text)
  }
  mkdirSync(all.cacheFolder, { recursive: true })
  chmodSync(folder, 0o755)
  if (all.https.length > 0) makeCertificate(all)
  chmodSync(all.cacheFolder, 0o777)
  return { folder, port, settings: all }
}

function makeCertificate({ certificate, certificateKey }: NginxSettings): void {
  const asked = [
    'req',
    '-x509',
    '-newkey',
    'ec',
    '-pkeyopt',
    'ec_paramgen_curve:prime256v1',
    '-nodes',
    '-days',
    '2',
  ]
  execFileSync(
    'openssl',
    [...asked, '-subj', '/CN=localhost', '-keyout', certificateKey, '-out', certificate],
    { stdio: 'ignore' },
  )
}

export async function startFront(options: FrontOptions): Promise<Front> {
  const { folder, port, settings } = await writeFront(options)
  const url = `http://127.0.0.1:${port}`
  const command = [
    'nginx',
    '-p',
    folder,
    '-e',
    join(folder, 'error.log'),
    '-c',
    join(folder, 'nginx.conf'),
    '-g',
    'daemon off;',
  ]
  let server: Started
  let client: Client
  const launch = async () => {
    server = start('nginx', command, join(folder, 'output.log'))
    await untilAnswers(`${url}/-/health`, [server])
    client = aClient(url)
  }
  const halt = async () => {
    await client.close()
    await end(server)
  }
  await launch()
  return {
    url,
    port,
    folder,
    cacheFolder: settings.cacheFolder,
    get: (...request) => client.get(...request),
    errors: () => readFileSync(join(folder, 'error.log'), 'utf8'),
    stop: halt,
    again: launch,
    reload: () => void server.child.kill('SIGHUP'),
    workers: () => workersOf(server.child.pid ?? 0),
    async close() {
      await halt()
      rmSync(folder, { recursive: true, force: true, maxRetries: 3 })
    },
    async purge(purges) {
      const answer = await fetch(`${url}/-/purge`, {
        method: 'POST',
        headers: { 'halftone-secret': tierSecret },
        body: JSON.stringify(purges),
      })
      return answer.status
    },
  }
}

/** Without those that look after the cache. */
function workersOf(pid: number): number[] {
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').match(/\d+/g) ?? []
  const isWorker = (child: string) =>
    readFileSync(`/proc/${child}/cmdline`, 'utf8').includes('worker process')
  return children.filter(isWorker).map(Number)
}
