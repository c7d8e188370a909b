// The package as somebody installs it: packed here, installed into an empty folder, served from there.
import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, globSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { jpeg } from '../pictures.ts'
import { freePort } from '../servers/ports.ts'

const run = promisify(execFile)
const root = fileURLToPath(new URL('../..', import.meta.url))
const folder = mkdtempSync(join(tmpdir(), 'halftone-package-'))
const app = join(folder, 'app')
const bin = join(app, 'node_modules/.bin/halftone')
const installed = join(app, 'node_modules/halftone')
/** Neither the Node nor the tools of the repository are on the path of somebody who installs. */
const path = (process.env.PATH ?? '')
  .split(':')
  .filter((part) => !part.startsWith(root))
  .join(':')
const env: NodeJS.ProcessEnv = { ...process.env, PATH: path, HALFTONE_LOG_LEVEL: 'warn' }
const running = new Set<ChildProcess>()

beforeAll(async () => {
  mkdirSync(app)
  await run('npm', ['pack', '--pack-destination', folder], { cwd: root })
  const [tarball = ''] = globSync(join(folder, '*.tgz'))
  writeFileSync(join(app, 'package.json'), '{"type":"module","private":true}')
  const options = ['--prefer-offline', '--no-audit', '--no-fund']
  await run('npm', ['install', ...options, tarball], { cwd: app, env })
}, 600_000)

afterAll(() => {
  // The group: npx starts the server as a process of its own.
  for (const { pid } of running) if (pid !== undefined) process.kill(-pid, 'SIGKILL')
  rmSync(folder, { recursive: true, force: true })
})

/** A folder of its own beside the app, with a photograph and a configuration that names its folder by its relative path. */
async function aSite(name: string, file: string, text: string): Promise<string> {
  const site = join(folder, name)
  mkdirSync(join(site, 'photos'), { recursive: true })
  writeFileSync(join(site, 'photos/cat.jpg'), await jpeg())
  writeFileSync(join(site, file), text)
  return site
}

interface Served {
  readonly url: string
  readonly environment: NodeJS.ProcessEnv
}

async function serving(command: readonly [string, ...string[]], cwd: string): Promise<Served> {
  const port = await freePort()
  const environment = { ...env, PORT: String(port), HALFTONE_DATA: mkdtempSync(join(folder, 'data-')) }
  const [program, ...args] = command
  const child = spawn(program, args, {
    cwd,
    env: environment,
    stdio: ['ignore', 'ignore', 'inherit'],
    detached: true,
  })
  running.add(child)
  once(child, 'exit').then(() => running.delete(child))
  const url = `http://127.0.0.1:${port}`
  const isUp = () => fetch(`${url}/readyz`).then(({ status }) => status, String)
  await expect.poll(() => child.exitCode ?? isUp()).toBe(200)
  return { url, environment }
}

const config = (importing: string) => `${importing}
export default defineConfig({ sources: { photos: { folder: './photos' } } })
`

describe('an installed package', () => {
  test('starts no file that is not there', () => {
    const started = globSync('dist/**/*.js', { cwd: installed }).flatMap((file) =>
      [
        ...readFileSync(join(installed, file), 'utf8').matchAll(/new URL\('([^']+)', import\.meta\.url\)/g),
      ].map(([, target = '']) => join(installed, dirname(file), target)),
    )
    expect(started.length).toBeGreaterThan(10)
    expect(started.filter((file) => !existsSync(file))).toEqual([])
    expect(started.filter((file) => file.endsWith('.ts'))).toEqual([])
  })

  test('serves from the folder it was installed into, by npx and a typed configuration', async () => {
    const site = await aSite('app', 'halftone.config.ts', config("import { defineConfig } from 'halftone'"))
    const { url, environment } = await serving(['npx', 'halftone'], site)
    const picture = await fetch(`${url}/photos/cat.jpg?w=40&auto=format`, {
      headers: { accept: 'image/avif,image/webp,*/*' },
    })
    expect([picture.status, picture.headers.get('content-type')]).toEqual([200, 'image/webp'])
    expect((await fetch(`${url}/samples/landscape.jpg?w=40`)).status).toBe(200)
    expect(await (await fetch(`${url}/`)).text()).toContain('<html')
    await optimises(url, environment)
  })

  test('serves by its command on the path, with a configuration elsewhere in JavaScript', async () => {
    await aSite('site', 'pictures.js', config("import { defineConfig } from 'halftone'"))
    const { url } = await serving([bin, '--config', '../site/pictures.js'], app)
    expect((await fetch(`${url}/photos/cat.jpg?w=40&fm=webp`)).headers.get('content-type')).toBe('image/webp')
  })

  test('writes the configuration of nginx, with its Lua', async () => {
    const out = join(folder, 'nginx')
    await run(bin, ['nginx', '--out', out], { cwd: app, env })
    expect(existsSync(join(out, 'nginx.conf'))).toBe(true)
    expect(globSync('lua/**/*.lua', { cwd: out }).length).toBeGreaterThan(5)
  })

  test('types the configuration', async () => {
    writeFileSync(
      join(app, 'typed.ts'),
      `import { defineConfig } from 'halftone'
defineConfig({ port: 8080, drainMs: '30s', roles: ['edge'], sources: { photos: { folder: 'photos' } } })
// @ts-expect-error a list is no port
defineConfig({ port: [1] })
// @ts-expect-error there is no such setting
defineConfig({ colour: 'red' })
`,
    )
    const strict = ['--noEmit', '--strict', '--module', 'nodenext', '--skipLibCheck', '--types', '']
    const tsc = join(root, 'node_modules/typescript/bin/tsc')
    await run(process.execPath, [tsc, ...strict, 'typed.ts'], { cwd: app })
  })
})

/** A PNG and an SVG take all worker threads and child processes of the API there are, and the database's. */
async function optimises(url: string, environment: NodeJS.ProcessEnv): Promise<void> {
  const add = ['keys', 'add', '--project', 'shop', '--user', 'ann', '--json']
  const key = JSON.parse((await run(bin, add, { cwd: app, env: environment })).stdout)
  for (const [name, type] of [
    ['badge.png', 'image/png'],
    ['logo.svg', 'image/svg+xml'],
  ] as const) {
    const answer = await fetch(`${url}/v1/optimize`, {
      method: 'POST',
      headers: { authorization: `Bearer ${key.id}.${key.secret}`, 'content-type': type },
      body: new Uint8Array(readFileSync(join(root, 'samples/pictures', name))),
    })
    expect([name, answer.status]).toEqual([name, 200])
  }
}
