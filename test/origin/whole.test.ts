// The origin as it runs: real workers, memory over disk, a real web server.
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import sharp from 'sharp'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createDiskStore } from '../../cache/disk.ts'
import { createMemoryStore } from '../../cache/memory.ts'
import { createTieredStore } from '../../cache/tiered.ts'
import { createOrigin } from '../../origin/index.ts'
import { failureHeader } from '../../problem.ts'
import { requireHeld } from '../../tier.ts'
import { defaultLimits, revision } from '../../transforms/index.ts'
import { createPool } from '../../transforms/render/pool.ts'
import { createHandover } from '../../work/handover.ts'
import { aSignal } from '../signals.ts'
import { anHttpLoader, aPicture, aServer, type Site } from './servers.ts'

const freshness = {
  browserSeconds: 60,
  cdnSeconds: 60,
  staleWhileRevalidateSeconds: 60,
  staleIfErrorSeconds: 60,
}
const pool = createPool({ workers: 1, maxWaiting: 100, maxWaitingPerOwner: 100, deadlineMs: 100_000 })
let dir = ''
let site: Site
let picture: Buffer

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'halftone-whole-'))
  picture = await aPicture('jpeg')
  site = await aServer((request, response) => {
    // A header that can be read, and nothing behind it.
    response.end(request.url === '/broken.jpg' ? picture.subarray(0, picture.length / 2) : picture)
  })
})
afterAll(async () => {
  await Promise.all([site.close(), pool.close()])
  await rm(dir, { recursive: true })
})

/** A process that finds on its disk what the one before has left there. */
async function aProcess() {
  const tiered = async (name: string) =>
    createTieredStore({
      memory: createMemoryStore({ maxBytes: 1e6 }),
      disk: await createDiskStore({ dir: join(dir, name), maxBytes: 1e7 }),
    })
  const [sources, results] = [await tiered('sources'), await tiered('results')]
  const loader = anHttpLoader({
    base: site.url,
    store: sources,
  })
  const loaders = new Map([['photos', loader]])
  const handover = createHandover({ folder: join(dir, 'handover') })
  const origin = createOrigin({
    handover,
    loaders,
    processor: pool,
    results,
    limits: defaultLimits,
    freshness,
  })
  const get = async (path: string) =>
    requireHeld(
      await origin.answer({ path: `/photos/${path}&rev=${revision}`, headers: {}, signal: aSignal() }),
    )
  async function end() {
    await Promise.all([origin.idle(), loader.idle()])
    await Promise.all([sources.idle(), results.idle(), loader.close()])
    await Promise.all([sources.close(), results.close()])
  }
  return { get, end }
}

test('sources and results outlive a process; only what is new is rendered, from the source on disk', async () => {
  const first = await aProcess()
  const made = await first.get('cat.jpg?fm=webp&w=32')
  expect(made.headers[failureHeader]).toBeUndefined()
  expect(await sharp(made.body).metadata()).toMatchObject({ format: 'webp', width: 32, height: 24 })
  await first.end()

  const second = await aProcess()
  const kept = await second.get('cat.jpg?fm=webp&w=32')
  expect(kept.headers['cache-status']).toBe('halftone-origin; hit')
  expect(kept.body.equals(made.body)).toBe(true)
  const other = await second.get('cat.jpg?fm=png&w=16')
  expect(other.headers['cache-status']).toBe('halftone-origin; fwd=uri-miss; stored')
  expect(await sharp(other.body).metadata()).toMatchObject({ format: 'png', width: 16 })
  expect(site.count).toBe(1)
  await second.end()
})

test('a picture with a good header and a damaged body is the source’s fault', async () => {
  const { get, end } = await aProcess()
  const { status, headers } = await get('broken.jpg?fm=webp&w=32')
  expect([status, headers[failureHeader]]).toEqual([422, 'source-broken'])
  await end()
})
