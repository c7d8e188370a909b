import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import sharp from 'sharp'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createMemoryStore } from '../../cache/memory.ts'
import { createOrigin } from '../../origin/index.ts'
import { createFolderLoader } from '../../origin/loaders/folder.ts'
import { createShield } from '../../shield/index.ts'
import type { Tier } from '../../tier.ts'
import { defaultLimits } from '../../transforms/index.ts'
import { createPool } from '../../transforms/render/pool.ts'
import { createRemoteTier } from '../../wire/index.ts'
import { createHandover } from '../../work/handover.ts'
import { aPicture } from '../origin/servers.ts'
import { limits, serving } from '../wire/tiers.ts'
import { agreement, type OpenedTier, type Photos, tierContract } from './tier.ts'

const pool = createPool({ workers: 1, maxWaiting: 100, maxWaitingPerOwner: 100, deadlineMs: 100_000 })
const secret = 'between tiers'
const freshness = {
  browserSeconds: 100,
  cdnSeconds: 1000,
  staleWhileRevalidateSeconds: 30,
  staleIfErrorSeconds: 300,
}
let dir = ''
let photos: Photos

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'halftone-tiers-'))
  const jpeg = await aPicture('jpeg')
  const noise = { type: 'gaussian', mean: 128, sigma: 60 } as const
  photos = {
    'cat.png': await aPicture('png'),
    'huge.png': await sharp({ create: { width: 1900, height: 1900, channels: 3, background: '#000', noise } })
      .png({ compressionLevel: 0 })
      .toBuffer(),
    'half.jpg': jpeg.subarray(0, jpeg.length / 2),
    'page.png': Buffer.from('<!doctype html><title>Not found</title>'),
  }
  for (const [name, bytes] of Object.entries(photos)) await writeFile(join(dir, name), bytes)
})
afterAll(async () => {
  await pool.close()
  await rm(dir, { recursive: true })
})

const anOrigin = (): Tier =>
  createOrigin({
    loaders: new Map([['photos', createFolderLoader({ dir, maxBytes: 20e6, freshSeconds: 60 })]]),
    processor: pool,
    handover: createHandover(),
    results: createMemoryStore({ maxBytes: 1e7 }),
    limits: defaultLimits,
    freshness,
  }).answer

const aShield = (upstream: Tier): Tier =>
  createShield({ store: createMemoryStore({ maxBytes: 1e7 }), upstream, flightMs: 60_000 }).answer

async function overHttp(tier: Tier): Promise<OpenedTier> {
  const server = await serving(tier, { secrets: [secret] })
  const far = createRemoteTier(server.url, { ...limits, secret })
  return {
    tier: far,
    async close() {
      await far.close()
      await server.close(0)
    },
  }
}

const near = async (tier: Tier): Promise<OpenedTier> => ({ tier, close: async () => {} })

/** A shield whose origin is another process, as edges and origins are joined in a CDN. */
async function betweenTwo(): Promise<OpenedTier> {
  const origin = await overHttp(anOrigin())
  const shield = await overHttp(aShield(origin.tier))
  return { tier: shield.tier, close: () => Promise.all([shield.close(), origin.close()]) }
}

const all: readonly (readonly [string, () => Promise<OpenedTier>])[] = [
  ['an origin', () => near(anOrigin())],
  ['an origin over HTTP', () => overHttp(anOrigin())],
  ['a shield in front of an origin', () => near(aShield(anOrigin()))],
  ['a shield over HTTP', () => overHttp(aShield(anOrigin()))],
  ['a shield over HTTP in front of an origin over HTTP', betweenTwo],
]
for (const [name, open] of all) tierContract(name, open, () => photos)

test.each(all)('%s says of a picture what the origin says', async (_, open) => {
  const { tier, close } = await open()
  const [theirs, ours] = await agreement(tier, anOrigin())
  expect(theirs).toEqual(ours)
  await close()
})
