// The addresses of four balancers, with real keepalived and nginx in network namespaces of their own.
import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { keepalivedFiles } from '../../nginx/index.ts'
import { end, type Started, start } from '../servers/processes.ts'
import { aSite, nginxMissing, type Written, writeFront } from './front.ts'

const missing =
  nginxMissing ??
  (process.getuid?.() !== 0 ? 'only root makes network namespaces' : undefined) ??
  (['/usr/sbin/keepalived', '/usr/bin/curl'].every((path) => existsSync(path))
    ? undefined
    : 'keepalived or curl is not installed') ??
  (canMakeNetworks() ? undefined : 'network namespaces cannot be made here')

function canMakeNetworks(): boolean {
  const name = `halftone-try-${process.pid}`
  const made = spawnSync('ip', ['netns', 'add', name]).status === 0
  const joined =
    made && spawnSync('ip', ['netns', 'exec', name, 'ip', 'link', 'add', 'b0', 'type', 'bridge']).status === 0
  if (made) spawnSync('ip', ['netns', 'del', name])
  return joined
}

const names = ['external-1', 'external-2', 'internal-1', 'internal-2'] as const
type Name = (typeof names)[number]
const publicAddress = '192.0.2.10'
const insideAddress = '10.99.0.10'

const ip = (...args: string[]): string => execFileSync('ip', args, { encoding: 'utf8' })
const spaceOf = (name: string): string => `ht${process.pid}-${name}`

describe.skipIf(missing)(`four balancers${missing ? `: ${missing}` : ''}`, () => {
  let folder: string
  const running = new Map<string, Started>()
  const written = new Map<Name, Written>()

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'halftone-keepalived-'))
    ip('netns', 'add', spaceOf('switch'))
    ip('-n', spaceOf('switch'), 'link', 'add', 'b0', 'type', 'bridge')
    ip('-n', spaceOf('switch'), 'link', 'set', 'b0', 'up')
    for (const [at, name] of names.entries()) await plugIn(name, at)
    const files = keepalivedFiles({
      address: `${publicAddress}/24`,
      inside: `${insideAddress}/24`,
      interface: 'eth0',
      router: 51,
      healthUrl: 'http://127.0.0.1:8081/-/health',
    })
    for (const [name, text] of Object.entries(files)) {
      mkdirSync(join(folder, 'keepalived'), { recursive: true })
      writeFileSync(join(folder, name), text)
    }
    for (const name of names) startNginx(name)
    for (const name of names) startKeepalived(name)
  })

  afterAll(async () => {
    for (const server of running.values()) await end(server)
    for (const name of [...names, 'switch']) spawnSync('ip', ['netns', 'del', spaceOf(name)])
    for (const { folder: each } of written.values())
      rmSync(each, { recursive: true, force: true, maxRetries: 3 })
    if (folder) rmSync(folder, { recursive: true, force: true })
  })

  async function plugIn(name: Name, at: number): Promise<void> {
    const space = spaceOf(name)
    ip('netns', 'add', space)
    ip(
      'link',
      'add',
      'eth0',
      'netns',
      space,
      'type',
      'veth',
      'peer',
      'name',
      `p${at}`,
      'netns',
      spaceOf('switch'),
    )
    ip('-n', spaceOf('switch'), 'link', 'set', `p${at}`, 'master', 'b0', 'up')
    ip('-n', space, 'addr', 'add', `10.99.0.${at + 1}/24`, 'dev', 'eth0')
    ip('-n', space, 'link', 'set', 'lo', 'up')
    ip('-n', space, 'link', 'set', 'eth0', 'up')
    const edges = ['http://127.0.0.1:1']
    written.set(name, await writeFront({ edges, sources: aSite, settings: { http: ['8081'], workers: 1 } }))
  }

  function run(kind: string, name: Name, command: readonly string[]): void {
    const log = join(folder, `${kind}-${name}.log`)
    running.set(`${kind} ${name}`, start(kind, ['ip', 'netns', 'exec', spaceOf(name), ...command], log))
  }

  function startNginx(name: Name): void {
    const at = written.get(name)?.folder ?? ''
    run('nginx', name, [
      'nginx',
      '-p',
      at,
      '-e',
      join(at, 'error.log'),
      '-c',
      join(at, 'nginx.conf'),
      '-g',
      'daemon off;',
    ])
  }

  function startKeepalived(name: Name): void {
    const numbers = ['--pid', join(folder, `${name}.pid`), '--vrrp_pid', join(folder, `${name}-vrrp.pid`)]
    const file = join(folder, 'keepalived', `${name}.conf`)
    run('keepalived', name, [
      'keepalived',
      '--dont-fork',
      '--log-console',
      '--vrrp',
      '--use-file',
      file,
      ...numbers,
    ])
  }

  const stop = async (kind: string, name: Name): Promise<void> => {
    const server = running.get(`${kind} ${name}`)
    if (server) await end(server)
  }

  const holders = (address: string): string[] =>
    names.filter((name) =>
      ip('-n', spaceOf(name), '-o', 'addr', 'show', 'dev', 'eth0').includes(` ${address}/`),
    )

  const isHeldBy = async (address: string, name: Name) =>
    expect.poll(() => holders(address), { interval: 50 }).toEqual([name])

  test('the first external one holds the public address, the first internal one the inside address', async () => {
    await isHeldBy(publicAddress, 'external-1')
    await isHeldBy(insideAddress, 'internal-1')
  })

  test('an nginx that ends hands its address on', async () => {
    await stop('nginx', 'external-1')
    await isHeldBy(publicAddress, 'external-2')
    await isHeldBy(insideAddress, 'internal-1')
  })

  test('when both external ones are away, internal ones promote themselves', async () => {
    // As a machine without power: nobody says goodbye, and its address is gone with it.
    await stop('keepalived', 'external-2')
    ip('-n', spaceOf('external-2'), 'link', 'set', 'eth0', 'down')
    spawnSync('ip', ['-n', spaceOf('external-2'), 'addr', 'flush', 'dev', 'eth0'])
    await isHeldBy(publicAddress, 'internal-1')
    await stop('nginx', 'internal-1')
    await isHeldBy(publicAddress, 'internal-2')
    await isHeldBy(insideAddress, 'internal-2')
  })

  test('an external one that comes back takes its address again', async () => {
    startNginx('external-1')
    await isHeldBy(publicAddress, 'external-1')
    await isHeldBy(insideAddress, 'internal-2')
  })
})
