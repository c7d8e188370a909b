// Starts the processes that are measured, on loopback and pinned to one core each, and reads what they cost.
import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

export interface Server {
  readonly url: string
  /** CPU seconds used so far by the server's processes, all threads. */
  cpuSeconds(): number
  /** Resident memory, bytes; what processes share counts in each of them. */
  memory(): number
  /** Of the server and all below it. */
  pids(): readonly number[]
  /** The same, with each page divided among all processes of the machine that have it (PSS). */
  proportional(): number
  stop(): Promise<void>
}

const root = fileURLToPath(new URL('..', import.meta.url))

/** Cores to pin to: the server on the first, the load on the second. One core only: nothing is pinned. */
export const pin = (core: number, command: string[]): string[] => ['taskset', '-c', String(core), ...command]

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await new Promise((done) => server.once('listening', done))
  const address = server.address()
  await new Promise((done) => server.close(done))
  if (address === null || typeof address === 'string') throw new Error('no port')
  return address.port
}

/** `core` undefined: the process may use every core. `given`: the port, where others have to know it before. */
export async function startHalftone(
  environment: Record<string, string>,
  core?: number,
  given?: number,
): Promise<Server> {
  const port = given ?? (await freePort())
  const data = mkdtempSync(join(tmpdir(), 'halftone-bench-'))
  const command = [join(root, 'bin/halftone')]
  const [file = '', ...args] = core === undefined ? command : pin(core, command)
  const child = spawn(file, args, {
    cwd: root,
    env: {
      ...process.env,
      HALFTONE_DATA: data,
      HALFTONE_LOG_LEVEL: 'warn',
      ...environment,
      PORT: String(port),
    },
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  const url = `http://127.0.0.1:${port}`
  await answers(`${url}/readyz`)
  return { url, ...costs(() => treeOf(child.pid ?? 0)), stop: () => stopped(child, data) }
}

/** Debian's nginx, one worker, serving `files` as static files from a temporary folder. */
export const startNginx = (files: Readonly<Record<string, Buffer>>, core?: number): Promise<Server> =>
  startNginxAs({ files, core, conf: staticConf })

export interface NginxOptions {
  readonly files: Readonly<Record<string, Buffer>>
  readonly core?: number | undefined
  /** What stands in `http { }` behind the paths of its temporary files. */
  readonly conf: (prefix: string, port: number) => string
}

export async function startNginxAs({ files, core, conf }: NginxOptions): Promise<Server> {
  const port = await freePort()
  const prefix = mkdtempSync(join(tmpdir(), 'halftone-nginx-'))
  mkdirSync(join(prefix, 'files'))
  for (const [name, body] of Object.entries(files)) writeFileSync(join(prefix, 'files', name), body)
  writeFileSync(join(prefix, 'nginx.conf'), nginxConf(prefix, conf(prefix, port)))
  execFileSync('chmod', ['-R', 'a+rwX', prefix])
  const command = ['nginx', '-p', prefix, '-e', join(prefix, 'error.log'), '-c', join(prefix, 'nginx.conf')]
  const [file = '', ...args] = core === undefined ? command : pin(core, command)
  const child = spawn(file, args, { stdio: 'inherit' })
  const url = `http://127.0.0.1:${port}`
  await answers(`${url}/${Object.keys(files)[0]}`)
  return {
    url,
    ...costs(() => treeOf(child.pid ?? 0)),
    stop: () => stopped(child, prefix),
  }
}

function nginxConf(prefix: string, conf: string): string {
  return `daemon off; worker_processes 1; pid ${prefix}/nginx.pid; user nobody nogroup;
events { worker_connections 1024; }
http {
  access_log off; sendfile on; tcp_nopush on; keepalive_requests 1000000; etag on;
  types { image/webp webp; image/jpeg jpg; image/avif avif; }
  client_body_temp_path ${prefix}/b; proxy_temp_path ${prefix}/p; fastcgi_temp_path ${prefix}/f;
  uwsgi_temp_path ${prefix}/u; scgi_temp_path ${prefix}/s;
  ${conf}
}`
}

const staticConf = (prefix: string, port: number): string =>
  `server { listen 127.0.0.1:${port}; root ${prefix}/files; add_header Cache-Control "public, max-age=86400"; }`

export async function answers(url: string): Promise<void> {
  for (let tries = 0; tries < 1200; tries++) {
    const ok = await fetch(url).then(
      (response) => response.ok,
      () => false,
    )
    if (ok) return
    await new Promise((done) => setTimeout(done, 50))
  }
  throw new Error(`${url} does not answer`)
}

export function costs(pids: () => number[]): Pick<Server, 'cpuSeconds' | 'memory' | 'pids' | 'proportional'> {
  return {
    pids,
    cpuSeconds: () => pids().reduce((sum, pid) => sum + cpuOf(pid), 0),
    memory: () => pids().reduce((sum, pid) => sum + residentOf(pid), 0),
    proportional: () => pids().reduce((sum, pid) => sum + proportionalOf(pid), 0),
  }
}

/** Bytes of a line in kilobytes. */
const bytesIn = (pid: number, file: string, name: string): number =>
  Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(ofProcess(pid, file))?.[1] ?? 0) * 1024

const residentOf = (pid: number): number => bytesIn(pid, 'status', 'VmRSS')
export const proportionalOf = (pid: number): number => bytesIn(pid, 'smaps_rollup', 'Pss')

/** utime, stime and those of children that have ended (proc(5)), in clock ticks of 10 ms. */
export function cpuOf(pid: number): number {
  const fields = ofProcess(pid, 'stat').split(') ')[1]?.split(' ') ?? []
  return fields.slice(11, 15).reduce((sum, ticks) => sum + Number(ticks), 0) / 100
}

/** The process and everything below it. */
export const treeOf = (pid: number): number[] => [pid, ...childrenOf(pid).flatMap(treeOf)]

function childrenOf(pid: number): number[] {
  return threadsOf(pid)
    .flatMap((thread) => ofProcess(pid, `task/${thread}/children`).match(/\d+/g) ?? [])
    .map(Number)
}

function threadsOf(pid: number): string[] {
  try {
    return readdirSync(`/proc/${pid}/task`)
  } catch {
    return []
  }
}

/** Empty for a process that has ended meanwhile. */
function ofProcess(pid: number, file: string): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8')
  } catch {
    return ''
  }
}

export async function stopped(child: ChildProcess, folder: string): Promise<void> {
  const ended = new Promise((done) => child.once('exit', done))
  child.kill('SIGTERM')
  await ended
  rmSync(folder, { recursive: true, force: true })
}
