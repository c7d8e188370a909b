// Real Redis on loopback: one server, a master with a replica under three sentinels, or a Cluster of three; Debian's packages.
import { execFileSync } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { freePort, freePorts } from './ports.ts'
import { end, type Started, start } from './processes.ts'

const needed = ['/usr/bin/redis-server', '/usr/bin/redis-sentinel', '/usr/bin/redis-cli']

/** Why it cannot be started here, when it cannot. */
export const redisMissing: string | undefined = needed.every(existsSync)
  ? undefined
  : 'the Debian packages redis-server and redis-sentinel are not installed'

export interface RedisServer {
  readonly url: string
  readonly port: number
  /** Ends it as a crash would: it keeps nothing on disk. */
  kill(): Promise<void>
  /** Starts it again where it was, empty. */
  again(): Promise<void>
  /** It takes connections and answers nothing, until `resume`. */
  freeze(): void
  resume(): void
  /** What `redis-cli` says. */
  say(...words: readonly string[]): string
  stop(): Promise<void>
}

export async function startRedis(...options: readonly string[]): Promise<RedisServer> {
  const dir = mkdtempSync(join(tmpdir(), 'halftone-redis-'))
  const port = await freePort()
  const run = () => launch(dir, port, options)
  let server = await run()
  return {
    url: `redis://127.0.0.1:${port}`,
    port,
    kill: () => end(server),
    again: async () => {
      server = await run()
    },
    freeze: () => void process.kill(server.child.pid ?? 0, 'SIGSTOP'),
    resume: () => void process.kill(server.child.pid ?? 0, 'SIGCONT'),
    say: (...words) => cli(port, ...words),
    stop: async () => {
      await end(server)
      rmSync(dir, { recursive: true, force: true })
    },
  }
}

async function launch(dir: string, port: number, options: readonly string[]): Promise<Started> {
  const usual = ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no']
  const server = start(
    'redis',
    ['redis-server', ...usual, '--dir', dir, ...options],
    join(dir, `${port}.log`),
  )
  await until(() => cli(port, 'ping') === 'PONG')
  return server
}

/** What it answers; nothing where it does not. */
function cli(port: number, ...words: readonly string[]): string {
  try {
    return execFileSync('redis-cli', ['-p', String(port), ...words], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    }).trim()
  } catch {
    return ''
  }
}

async function until(isSo: () => boolean): Promise<void> {
  for (let tries = 0; tries < 1200; tries++) {
    if (isSo()) return
    await pause(25)
  }
  throw new Error('Redis did not come up')
}

export interface RedisGroup {
  readonly url: string
  /** Kills the server that is the master now. */
  killMaster(): Promise<void>
  stop(): Promise<void>
}

/** A master that is gone for a second is replaced. */
export async function startSentinels(): Promise<RedisGroup> {
  const dir = mkdtempSync(join(tmpdir(), 'halftone-sentinel-'))
  const [master = 0, replica = 0, ...ports] = await freePorts(5)
  const servers = new Map<number, Started>()
  servers.set(master, await launch(dir, master, []))
  servers.set(replica, await launch(dir, replica, ['--replicaof', '127.0.0.1', String(master)]))
  await until(() => cli(replica, 'info', 'replication').includes('master_link_status:up'))
  const sentinels = ports.map((port) => {
    const file = join(dir, `sentinel-${port}.conf`)
    writeFileSync(file, sentinelConf(port, master))
    return start('sentinel', ['redis-sentinel', file, '--dir', dir], join(dir, `sentinel-${port}.log`))
  })
  const known = /num-slaves\n1\n[\s\S]*num-other-sentinels\n2\n/
  await until(() => ports.every((port) => known.test(cli(port, 'sentinel', 'master', 'pictures'))))
  const [first = 0] = ports
  return {
    url: `redis-sentinel://${ports.map((port) => `127.0.0.1:${port}`).join(',')}/pictures`,
    async killMaster() {
      const [, port] = cli(first, 'sentinel', 'get-master-addr-by-name', 'pictures').split('\n')
      const server = servers.get(Number(port))
      if (!server) throw new Error(`no master at ${port}`)
      await end(server)
    },
    async stop() {
      await Promise.all([...sentinels, ...servers.values()].map(end))
      rmSync(dir, { recursive: true, force: true })
    },
  }
}

const sentinelConf = (port: number, master: number): string => `port ${port}
bind 127.0.0.1
sentinel monitor pictures 127.0.0.1 ${master} 2
sentinel down-after-milliseconds pictures 1000
sentinel failover-timeout pictures 5000
`

export async function startRedisCluster(): Promise<Pick<RedisGroup, 'url' | 'stop'>> {
  const dir = mkdtempSync(join(tmpdir(), 'halftone-redis-cluster-'))
  const ports = await freePorts(6)
  const nodes = ports.slice(0, 3)
  const servers = await Promise.all(
    nodes.map((port, i) =>
      launch(dir, port, [
        ...['--cluster-enabled', 'yes', '--cluster-config-file', `${port}.conf`],
        ...['--cluster-port', String(ports[i + 3])],
      ]),
    ),
  )
  const addresses = nodes.map((port) => `127.0.0.1:${port}`)
  execFileSync('redis-cli', ['--cluster', 'create', ...addresses, '--cluster-yes'], { stdio: 'ignore' })
  await until(() => nodes.every((port) => cli(port, 'cluster', 'info').includes('cluster_state:ok')))
  return {
    url: `redis-cluster://${addresses.join(',')}`,
    async stop() {
      await Promise.all(servers.map(end))
      rmSync(dir, { recursive: true, force: true })
    },
  }
}
