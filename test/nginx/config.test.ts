// What `halftone nginx` writes: files that nginx accepts, from the settings, each directive with its reason near.
import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, describe, expect, test } from 'vitest'
import { luaText } from '../../nginx/lua-text.ts'
import { aSite, nginxMissing, writeFront } from './front.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))
const folders: string[] = []
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true })
})

const written = async (settings = {}) => {
  const front = await writeFront({ edges: ['http://127.0.0.1:8080'], sources: aSite, settings })
  folders.push(front.folder)
  return { ...front, config: readFileSync(join(front.folder, 'nginx.conf'), 'utf8') }
}

test.skipIf(nginxMissing).each([
  ['plain', {}],
  ['with TLS', { https: ['127.0.0.1:44300'] }],
  [
    'with several listeners and networks',
    { http: ['127.0.0.1:44301', '127.0.0.1:44302'], purgeFrom: ['10.0.0.0/8', '::1/128'] },
  ],
])(
  'nginx accepts the configuration %s',
  async (_, settings) => {
    const { folder } = await written(settings)
    const command = ['-t', '-p', folder, '-e', join(folder, 'error.log'), '-c', join(folder, 'nginx.conf')]
    const { status, stderr } = spawnSync('nginx', command, { encoding: 'utf8' })
    expect({ status, stderr: status === 0 ? '' : stderr }).toEqual({ status: 0, stderr: '' })
  },
  60_000,
)

test('what the settings say stands in the text', async () => {
  const { config } = await written({
    cacheBytes: 5e9,
    edgeMs: 37_000,
    purgeFrom: ['10.1.0.0/16'],
    workers: 3,
    user: 'www-data',
  })
  for (const line of [
    'max_size=5000000000',
    'proxy_read_timeout 37000ms;',
    'allow 10.1.0.0/16;',
    'worker_processes 3;',
    'user www-data;',
  ])
    expect(config).toContain(line)
  expect(config).not.toContain('ssl_certificate')
  expect(config).not.toContain('cache_purge')
})

test('every directive has its reason above it, alone or with its neighbours', async () => {
  const { config } = await written({ https: ['127.0.0.1:44300'] })
  let since = 0
  for (const line of config.split('\n').map((text) => text.trim())) {
    if (line.startsWith('#')) since = 0
    else if (/^(?!default )[a-z_]+ [^{]*;$/.test(line))
      expect([line, ++since]).toEqual([line, Math.min(since, 3)])
  }
})

test('limits have their line, between reading a request and answering it', async () => {
  const limits = { trustedProxies: [], forwardedHeader: 'x-forwarded-for' }
  const between = /access\.read\(\)\n\s*require\('halftone\.limits'\)[^\n]*\n\s*access\.go\(request\)/
  expect((await written({ limits })).config).toMatch(between)
  expect((await written()).config).not.toContain('halftone.limits')
})

test('the secrets stand in no file but one', async () => {
  const { folder, config } = await written()
  const site = readFileSync(join(folder, 'lua/halftone/site.lua'), 'utf8')
  expect(site).toContain('the secret of all tiers')
  expect(config).not.toContain('the secret of all tiers')
})

describe('values in Lua', () => {
  test.each([
    ["it's", "'it\\'s'"],
    ['a\\b\n', "'a\\\\b\\010'"],
    ['ä', "'\\195\\164'"],
    [12, '12'],
    [true, 'true'],
    [[], '{}'],
    [{ a: undefined }, '{}'],
    [['x'], "{\n  'x',\n}"],
    [{ 'a-b': 1 }, "{\n  ['a-b'] = 1,\n}"],
  ])('%j', (value, text) => {
    expect(luaText(value)).toBe(text)
  })
})

test('the command writes all of it, and keepalived for four', () => {
  const folder = mkdtempSync(join(tmpdir(), 'halftone-written-'))
  folders.push(folder)
  const config = join(folder, 'halftone.config.ts')
  writeFileSync(
    config,
    `export default { sources: { shop: { folder: '${folder}', keys: 'a-key-of-sixteen+' } }, edges: ['http://10.0.0.7:8080'] }\n`,
  )
  const out = join(folder, 'out')
  const args = [
    '-c',
    config,
    'nginx',
    '--out',
    out,
    '--keepalived',
    '--address',
    '192.0.2.10/24',
    '--inside',
    '10.0.0.10/24',
  ]
  execFileSync(join(root, 'bin/halftone'), args, { cwd: root, stdio: ['ignore', 'pipe', 'inherit'] })
  expect(readFileSync(join(out, 'README.md'), 'utf8')).toContain('apt-get install')
  expect(readFileSync(join(out, 'lua/halftone/site.lua'), 'utf8')).toContain('10.0.0.7')
  expect(statSync(join(out, 'lua/halftone/site.lua')).mode & 0o777).toBe(0o640)
  const priorities = ['external-1', 'external-2', 'internal-1', 'internal-2'].map((name) =>
    [...readFileSync(join(out, 'keepalived', `${name}.conf`), 'utf8').matchAll(/^ {2}priority (\d+)/gm)].map(
      ([, value]) => Number(value),
    ),
  )
  expect(priorities).toEqual([[200], [190], [100, 200], [90, 190]])
}, 60_000)
