// A disk without room, and a database that is gone, as clients of every face hear of them; pictures go on being served.
import { execFileSync, spawnSync } from 'node:child_process'
import { appendFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import sharp from 'sharp'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { createAccounts } from '../../api/services/accounts/index.ts'
import { openRecords } from '../../records/index.ts'
import { aClock } from '../clocks.ts'
import { noPostgres, type Server, startPostgres } from '../records/postgres.ts'
import { aNode } from './cdn.ts'

const secret = 'of this instance'
const photo = await sharp({
  create: {
    width: 400,
    height: 300,
    channels: 3,
    background: '#456',
    noise: { type: 'gaussian', mean: 128, sigma: 40 },
  },
})
  .jpeg()
  .toBuffer()

type Node = Awaited<ReturnType<typeof aNode>>
type Ask = (
  way: 'native' | 'optimize' | 'uploadcare' | 'rest' | 'kraken',
) => Promise<{ status: number; text: string }>

/** The faces of a node, asked to keep a picture or to tell of one. */
async function faces({ url }: Node, database: Parameters<typeof openRecords>[0]): Promise<Ask> {
  const records = await openRecords(database)
  const accounts = createAccounts({ records, secret, isDemo: false })
  const { key, secret: drawn } = await accounts.create({ project: 'shop', user: 'ann', scopes: ['*'] })
  await records.close()
  const headers = { authorization: `Bearer ${key.id}.${drawn}` }
  const form = (fields: Record<string, string>): FormData => {
    const made = new FormData()
    for (const [name, value] of Object.entries(fields)) made.append(name, value)
    made.append('file', new Blob([new Uint8Array(photo)], { type: 'image/jpeg' }), 'a.jpg')
    return made
  }
  const asks: Record<Parameters<Ask>[0], () => Promise<Response>> = {
    native: () => fetch(`${url}/v1/files`, { method: 'POST', headers, body: form({}) }),
    optimize: () => fetch(`${url}/v1/optimize`, { method: 'POST', headers, body: new Uint8Array(photo) }),
    uploadcare: () =>
      fetch(`${url}/base/`, {
        method: 'POST',
        body: form({ UPLOADCARE_PUB_KEY: key.id, UPLOADCARE_STORE: '1' }),
      }),
    rest: () =>
      fetch(`${url}/files/`, {
        headers: {
          authorization: `Uploadcare.Simple ${key.id}:${drawn}`,
          accept: 'application/vnd.uploadcare-v0.7+json',
        },
      }),
    kraken: () =>
      fetch(`${url}/v1/upload`, {
        method: 'POST',
        body: form({ data: JSON.stringify({ auth: { api_key: key.id, api_secret: drawn }, wait: true }) }),
      }),
  }
  return async (way) => {
    const answer = await asks[way]()
    return { status: answer.status, text: await answer.text() }
  }
}

function aSmallDisk(): string | undefined {
  const dir = mkdtempSync(join(tmpdir(), 'halftone-no-room-'))
  const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=24m', 'halftone-test', dir])
  onTestFinished(() => {
    if (mounted.status === 0) execFileSync('umount', ['-l', dir])
    rmSync(dir, { recursive: true, force: true })
  })
  return mounted.status === 0 ? dir : undefined
}

/** To the last byte, after whatever is still being written. */
function fill(dir: string): void {
  for (const size of [1 << 20, 4096, 1])
    try {
      for (;;) appendFileSync(join(dir, 'ballast'), Buffer.alloc(size))
    } catch {}
}

test('a full disk is 507 in each face, and pictures are made and served all the same', async (context) => {
  const dataDir = aSmallDisk()
  if (!dataDir) return context.skip('a small disk can only be mounted by root')
  const photos = mkdtempSync(join(tmpdir(), 'halftone-photos-'))
  onTestFinished(() => rmSync(photos, { recursive: true, force: true }))
  writeFileSync(join(photos, 'a.jpg'), photo)
  const node = await aNode({
    ...{ clock: aClock(), dataDir, secret, workers: 1, optimiseWorkers: 1 },
    sources: { photos: { folder: photos } },
  })
  onTestFinished(() => node.stop())
  const ask = await faces(node, { file: join(dataDir, 'records.db') })
  expect((await ask('uploadcare')).status).toBe(200)

  fill(dataDir)
  for (const way of ['native', 'uploadcare', 'optimize', 'kraken'] as const) {
    const { status, text } = await ask(way)
    expect([way, status, text]).toEqual([way, 507, expect.stringMatching(/no room left/i)])
  }
  expect((await ask('rest')).status).toBe(200)
  for (const width of [100, 120, 100]) {
    const { status, body } = await node.get(`/photos/a.jpg?w=${width}&fm=jpg`)
    expect([status, (await sharp(body).metadata()).width]).toEqual([200, width])
  }

  rmSync(join(dataDir, 'ballast'))
  for (const way of ['native', 'uploadcare', 'optimize', 'kraken'] as const)
    expect([way, (await ask(way)).status]).toEqual([way, way === 'native' ? 201 : 200])
})

describe.skipIf(noPostgres)('a database that is gone', () => {
  let server: Server
  beforeAll(async () => {
    server = await startPostgres()
  })
  afterAll(() => server?.stop())

  test('is 503 in each face, says what it is, and passes', async () => {
    const dataDir = mkdtempSync(join(tmpdir(), 'halftone-gone-'))
    onTestFinished(() => rmSync(dataDir, { recursive: true, force: true }))
    mkdirSync(dataDir, { recursive: true })
    const database = await server.fresh()
    const node = await aNode({ clock: aClock(), dataDir, secret, database, workers: 1, optimiseWorkers: 1 })
    onTestFinished(() => node.stop())
    const ask = await faces(node, { url: database })
    await server.crash(async () => {
      for (const way of ['native', 'uploadcare', 'optimize', 'rest', 'kraken'] as const) {
        const { status, text } = await ask(way)
        expect([way, status, text]).toEqual([way, 503, expect.stringMatching(/records cannot be reached/i)])
        expect(text).not.toMatch(/throttled|too many/i)
      }
    })
    expect((await ask('uploadcare')).status).toBe(200)
  })
})
