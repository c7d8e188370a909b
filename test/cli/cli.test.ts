// The command line as a user meets it.
import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { type AddressInfo, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import sharp from 'sharp'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { verify } from '../../edge/signature.ts'
import { freePort } from '../servers/ports.ts'

const bin = fileURLToPath(new URL('../../bin/halftone', import.meta.url))
const key = 'a-key-of-sixteen+'
let folder: string

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'halftone-cli-'))
  mkdirSync(join(folder, 'photos'))
  const photo = sharp({ create: { width: 800, height: 600, channels: 3, background: '#456' } })
  await photo.jpeg().toFile(join(folder, 'photos/cat.jpg'))
  const sources = { photos: { folder: join(folder, 'photos') }, signed: { folder: join(folder, 'photos') } }
  writeFileSync(join(folder, 'halftone.config.ts'), `export default ${JSON.stringify({ sources })}\n`)
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

interface Ended {
  readonly code: number
  readonly out: string
  readonly err: string
}

function halftone(args: readonly string[], environment: Record<string, string> = {}): Promise<Ended> {
  const env = {
    ...process.env,
    HALFTONE_KEYS_SIGNED: key,
    HALFTONE_SAMPLES: 'false',
    HALFTONE_DATA: folder,
    ...environment,
  }
  return new Promise((done) => {
    execFile(bin, [...args], { cwd: folder, env }, (error, out, err) =>
      done({ code: Number(error?.code ?? 0), out, err }),
    )
  })
}

test('migrate says what addresses become, and ends with 1 where something is missing', async () => {
  const fine = await halftone(['migrate', 'https://shop.example/cdn-cgi/image/width=640/photos/cat.jpg'])
  expect(fine).toMatchObject({ code: 0, err: '' })
  expect(fine.out).toMatch(
    /native {4}\/source\/photos\/cat.jpg\?w=640&fit=max\n[\s\S]*1 address: 1 mean the same here/,
  )

  const file = join(folder, 'addresses.txt')
  writeFileSync(file, '# ours\nhttps://wsrv.nl/?url=a.example/b.jpg&w=300&output=tiff\n\n')
  const { code, out } = await halftone(['migrate', '--from', 'weserv', '--file', file, '--json'])
  expect([code, JSON.parse(out)]).toMatchObject([
    1,
    [{ from: 'weserv', missing: ['output=tiff is not supported'] }],
  ])

  expect(await halftone(['migrate'])).toMatchObject({
    code: 1,
    err: expect.stringContaining('expected an address'),
  })
})

test('--help names every command and every variable', async () => {
  const { code, out } = await halftone(['--help'])
  expect(code).toBe(0)
  for (const word of ['serve', 'check', 'explain', 'sign', 'migrate', 'HALFTONE_SHIELDS', 'HALFTONE_QUEUE'])
    expect(out).toContain(word)
})

describe('what only shows when it is tried is named by its setting, on one line, and nothing is left running', () => {
  const isFault = (line: string) => [1, `The configuration has a fault:\n  ${line}\n`]
  const start = async (environment: Record<string, string>) => {
    const { code, err } = await halftone(['--port', '0'], environment)
    return [code, err]
  }

  test('a data folder that cannot be written', async () => {
    const dir = join(folder, 'photos/cat.jpg/data')
    const line = `HALFTONE_DATA: the folder ${dir} cannot be written (ENOTDIR)`
    expect(await start({ HALFTONE_DATA: dir })).toEqual(isFault(line))
  })

  test.runIf(existsSync('/proc'))('a data folder where the system takes none', async () => {
    const line = 'HALFTONE_DATA: the folder /proc/halftone cannot be written (ENOENT)'
    expect(await start({ HALFTONE_DATA: '/proc/halftone' })).toEqual(isFault(line))
  })

  test('a file in the place of a folder below it', async () => {
    const dir = join(folder, 'crowded')
    mkdirSync(dir)
    writeFileSync(join(dir, 'storage'), '')
    const line = `HALFTONE_DATA: ${join(dir, 'storage')} cannot be used (EEXIST)`
    expect(await start({ HALFTONE_DATA: dir })).toEqual(isFault(line))
  })

  test('a folder of the storage that cannot be written', async () => {
    const dir = join(folder, 'photos/cat.jpg/files')
    const line = `HALFTONE_STORAGE: the folder ${dir} cannot be written (ENOTDIR)`
    expect(await start({ HALFTONE_STORAGE: JSON.stringify({ kind: 'folder', dir }) })).toEqual(isFault(line))
  })

  test('a database that does not answer, without its password', async () => {
    const port = await freePort()
    const line = `HALFTONE_DATABASE: the database postgres://127.0.0.1:${port}/halftone does not answer (connect ECONNREFUSED 127.0.0.1:${port})`
    const url = `postgres://ann:hunter2@127.0.0.1:${port}/halftone`
    expect(await start({ HALFTONE_DATABASE: url })).toEqual(isFault(line))
  })

  test('a file that is no database', async () => {
    const dir = join(folder, 'broken')
    mkdirSync(dir)
    writeFileSync(join(dir, 'records.db'), 'no database at all, but long enough to look into'.repeat(100))
    const line = `HALFTONE_DATA: the database SQLite ${join(dir, 'records.db')} cannot be used (file is not a database)`
    expect(await start({ HALFTONE_DATA: dir })).toEqual(isFault(line))
  })

  test('also for `halftone keys`', async () => {
    const port = await freePort()
    const { code, err } = await halftone(['keys', 'list', '--project', 'shop'], {
      HALFTONE_DATABASE: `postgres://127.0.0.1:${port}/halftone`,
    })
    expect([code, err]).toEqual([
      1,
      expect.stringMatching(/^The configuration has a fault:\n {2}HALFTONE_DATABASE: .*\n$/),
    ])
  })
})

test('a port that is taken is a fault of the settings, and nothing is left running', async () => {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const { code, err } = await halftone([], { PORT: String(port) })
  server.close()
  expect([code, err]).toEqual([1, expect.stringContaining(`PORT: ${port} is taken by another process`)])
})

test.each([
  'check --config FILE',
  '--config FILE check',
  'check --config=FILE',
  'check -c FILE',
  '--port 0 --config FILE',
  'serve --role edge --port 0 -c FILE',
  'explain /photos/cat.jpg --json --config FILE',
  'keys list --project shop --config FILE',
])('`%s` reads that file', async (line) => {
  const { code, err } = await halftone(line.replace('FILE', '/nowhere/halftone.config.ts').split(' '))
  expect([code, err]).toEqual([
    1,
    expect.stringContaining('/nowhere/halftone.config.ts: there is no such file'),
  ])
})

describe('explain', () => {
  test('shows spec, key, format and plan', async () => {
    const { code, out } = await halftone([
      'explain',
      '/photos/cat.jpg?h=300&w=400&fit=crop&auto=format',
      '--json',
    ])
    expect(code).toBe(0)
    expect(JSON.parse(out)).toMatchObject({
      source: 'photos',
      key: '/photos/cat.jpg?fit=crop&formats=avif,webp&h=300&w=400&rev=3',
      vary: 'Accept',
      format: 'avif',
      plan: { width: 400, height: 300 },
    })
  })

  test('of a picture that is not there explains the rest', async () => {
    const { out } = await halftone(['explain', 'http://cdn.example/photos/dog.jpg?w=10'])
    expect(out).toContain('/photos/dog.jpg?w=10&rev=3')
    expect(out).toContain('There is no picture at this path.')
  })

  test('of a wrong option is one sentence and 1', async () => {
    const { code, err } = await halftone(['explain', '/photos/cat.jpg?w=0'])
    expect([code, err.trim()]).toEqual([1, expect.stringMatching(/^Expected .* for w, received 0$/)])
  })
})

describe('sign', () => {
  test('gives a URL that the edge accepts', async () => {
    const { out } = await halftone(['sign', 'https://cdn.example/signed/cat.jpg?w=64'])
    expect(out).toMatch(/^https:\/\/cdn\.example\/signed\/cat\.jpg\?w=64&s=[\w-]{43}\n$/)
    const target = out.trim().slice('https://cdn.example'.length)
    expect(() => verify(target, { scheme: 'hmac-sha256', keys: [key] })).not.toThrow()
  })

  test('with an end', async () => {
    const { out } = await halftone(['sign', '/signed/cat.jpg', '--expires', '1h'])
    const expires = Number(/expires=(\d+)&s=/.exec(out)?.[1])
    expect(Math.abs(expires - Date.now() / 1000 - 3600)).toBeLessThan(30)
  })

  test.each([
    ['/photos/cat.jpg', 'has no keys'],
    ['/nobody/cat.jpg', 'no source named'],
    ['/signed/cat.jpg?w=wide', 'Expected'],
  ])('refuses %s', async (url, reason) => {
    const { code, err } = await halftone(['sign', url])
    expect([code, err]).toEqual([1, expect.stringContaining(reason)])
  })
})
