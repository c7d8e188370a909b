// A real OpenStack Swift on loopback, one of each of its servers, with the S3 protocol in front: Debian's packages.
import { execFileSync } from 'node:child_process'
import { chmodSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'
import { freePorts } from './ports.ts'
import { end, type Started, start, untilAnswers } from './processes.ts'

const needed = [
  '/usr/bin/swift-proxy-server',
  '/usr/bin/swift-account-server',
  '/usr/bin/swift-container-server',
  '/usr/bin/swift-object-server',
  '/usr/bin/swift-ring-builder',
  '/usr/bin/memcached',
]

/** Why it cannot be started here, when it cannot. */
export const swiftMissing: string | undefined = needed.every(existsSync)
  ? undefined
  : 'the Debian packages swift-proxy swift-account swift-container swift-object memcached are not installed'

export interface SwiftServer {
  readonly url: string
  /** The pairs of the S3 protocol and of TempAuth are the same person. */
  readonly user: string
  readonly key: string
  /** Makes a container, and sets the key of temporary addresses on it when given. */
  container(name: string, temporaryKey?: string): Promise<void>
  stop(): Promise<void>
}

const parts = ['account', 'container', 'object'] as const

export async function startSwift(): Promise<SwiftServer> {
  const dir = mkdtempSync(join(tmpdir(), 'halftone-swift-'))
  const [proxy = 0, memcached = 0, ...ports] = await freePorts(5)
  const etc = join(dir, 'etc')
  for (const folder of ['etc', 'srv/d1', 'cache', 'run']) mkdirSync(join(dir, folder), { recursive: true })
  const user = userInfo().uid === 0 ? 'swift' : userInfo().username
  configure({ dir, etc, proxy, memcached, ports, user })
  chmodSync(dir, 0o755)
  if (user === 'swift') execFileSync('chown', ['-R', 'swift:swift', dir])
  const run = (name: string, ...command: string[]) => start(name, command, join(dir, 'run', `${name}.log`))
  const servers: Started[] = [
    run('memcached', 'memcached', '-u', 'nobody', '-l', '127.0.0.1', '-p', String(memcached), '-m', '16'),
    ...parts.map((part) => run(part, `swift-${part}-server`, join(etc, `${part}.conf`))),
    run('proxy', 'swift-proxy-server', join(etc, 'proxy.conf')),
  ]
  const stop = async () => {
    await Promise.all(servers.map(end))
    rmSync(dir, { recursive: true, force: true, maxRetries: 3 })
  }
  const url = `http://127.0.0.1:${proxy}`
  const person = { user: 'test:tester', key: 'testing' }
  try {
    // All of them: a proxy that finds one of the others not there yet leaves it alone for a minute.
    for (const port of ports) await untilAnswers(`http://127.0.0.1:${port}/`, servers)
    await untilAnswers(`${url}/healthcheck`, servers)
    return { url, ...person, stop, container: (name, key) => makeContainer(url, name, key) }
  } catch (thrown) {
    await stop()
    throw thrown
  }
}

/** Again when it fails: a busy machine may keep the cache that holds the token from answering in time. */
async function makeContainer(url: string, name: string, temporaryKey?: string): Promise<void> {
  for (let tries = 0; tries < 100; tries++) {
    const login = await fetch(`${url}/auth/v1.0`, {
      headers: { 'x-auth-user': 'test:tester', 'x-auth-key': 'testing' },
    })
    const headers = {
      'x-auth-token': login.headers.get('x-auth-token') ?? '',
      ...(temporaryKey && { 'x-container-meta-temp-url-key': temporaryKey }),
    }
    const made = await fetch(`${login.headers.get('x-storage-url')}/${name}`, { method: 'PUT', headers })
    if (made.ok) return
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
  throw new Error(`The container ${name} could not be made.`)
}

interface Configuration {
  readonly dir: string
  readonly etc: string
  readonly proxy: number
  readonly memcached: number
  readonly ports: readonly number[]
  readonly user: string
}

function configure({ dir, etc, proxy, memcached, ports, user }: Configuration): void {
  const file = (name: string, text: string) => writeFileSync(join(etc, name), text)
  file('swift.conf', swiftConf)
  // workers = 0: one process each, that forks nothing.
  const common = `[DEFAULT]\nbind_ip = 127.0.0.1\nswift_dir = ${etc}\nuser = ${user}\nworkers = 0\nlog_address = ${dir}/run/no-log\n`
  for (const [i, part] of parts.entries()) {
    const ring = (...args: string[]) =>
      execFileSync('swift-ring-builder', [`${part}.builder`, ...args], { cwd: etc, stdio: 'ignore' })
    ring('create', '4', '1', '1')
    ring('add', `r1z1-127.0.0.1:${ports[i]}/d1`, '1')
    ring('rebalance')
    file(`${part}.conf`, `${common}bind_port = ${ports[i]}\n${partConf(dir, part)}`)
  }
  file('memcache.conf', `[memcache]\nmemcache_servers = 127.0.0.1:${memcached}\n`)
  file('proxy.conf', `${common}bind_port = ${proxy}\n${proxyConf}memcache_servers = 127.0.0.1:${memcached}\n`)
}

const swiftConf = `[swift-hash]
swift_hash_path_prefix = test
swift_hash_path_suffix = test
[storage-policy:0]
name = Policy-0
default = yes
`

const partConf = (dir: string, part: string): string => `devices = ${dir}/srv
mount_check = false
servers_per_port = 0
recon_cache_path = ${dir}/cache
fallocate_reserve = 0
disable_fallocate = true
[pipeline:main]
pipeline = ${part}-server
[app:${part}-server]
use = egg:swift#${part}
`

const filters = [
  'catch_errors',
  'gatekeeper',
  'healthcheck',
  'listing_formats',
  'bulk',
  'tempurl',
  'copy',
  'dlo',
]

/** Ends in the section of the cache, whose servers follow. */
const proxyConf = `[pipeline:main]
pipeline = catch_errors gatekeeper healthcheck cache listing_formats bulk tempurl s3api tempauth copy slo dlo proxy-server
[app:proxy-server]
use = egg:swift#proxy
account_autocreate = true
error_suppression_limit = 1000
allow_account_management = true
[filter:tempauth]
use = egg:swift#tempauth
user_test_tester = testing .admin
storage_url_scheme = http
[filter:s3api]
use = egg:swift#s3api
location = us-east-1
s3_acl = false
auth_pipeline_check = true
[filter:slo]
use = egg:swift#slo
min_segment_size = 1
${filters.map((name) => `[filter:${name}]\nuse = egg:swift#${name}\n`).join('')}[filter:cache]
use = egg:swift#memcache
`
