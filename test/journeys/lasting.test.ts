// A bucket below the disk caches: what one origin made, a new one neither makes nor fetches again.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import sharp from 'sharp'
import { afterAll, expect, test } from 'vitest'
import { aSource } from './cdn.ts'
import { aProcess } from './processes.ts'

const folder = mkdtempSync(join(tmpdir(), 'halftone-lasting-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

test('a new machine finds what the last one made, without its source', async () => {
  const photo = await sharp({ create: { width: 600, height: 400, channels: 3, background: '#a63' } })
    .jpeg()
    .toBuffer()
  const source = await aSource({ '/photo.jpg': photo })
  source.cacheControl = 'public, max-age=3600'
  const config = join(folder, 'halftone.config.ts')
  const shop = { site: `${source.url}/`, allowAddresses: ['127.0.0.1/32'] }
  writeFileSync(config, `export default ${JSON.stringify({ sources: { shop } })}\n`)
  const environment = {
    HALFTONE_CONFIG: config,
    HALFTONE_ROLES: 'edge,shield,origin',
    HALFTONE_LASTING: JSON.stringify({ kind: 'folder', dir: join(folder, 'bucket') }),
    HALFTONE_LASTING_SOURCES: 'true',
    HALFTONE_LASTING_DEADLINE: '20s',
  }
  const path = '/shop/photo.jpg?w=300&fm=webp'
  const first = await aProcess({ environment })
  const made = await first.get(path)
  expect(made.status).toBe(200)
  // Its end waits for what is still to be written.
  await first.end('SIGTERM')
  await source.stop()

  const second = await aProcess({ environment })
  const found = await second.get(path)
  expect(found.status).toBe(200)
  expect(found.body.equals(made.body)).toBe(true)
  expect(found.tiers[0]).toBe('halftone-origin; hit')
  expect(await second.metric('halftone_render_seconds_count')).toBe(0)
  await second.end('SIGTERM')
})
