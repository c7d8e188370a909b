// Several edge processes on one port: one port and one set of metrics, purges that reach all, and nobody who misses one
// that died.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { jpeg } from '../pictures.ts'
import { aClient, aSource, type SourceServer, times } from './cdn.ts'
import { aProcess, type Process } from './processes.ts'

const folder = mkdtempSync(join(tmpdir(), 'halftone-edges-'))
const secret = 'a-secret-between-tiers'
const path = '/shop/cat.jpg?w=40&fm=jpg'
let source: SourceServer
let inner: Process
let edge: Process

beforeAll(async () => {
  source = await aSource({ '/cat.jpg': await jpeg() })
  source.cacheControl = 'max-age=3600'
  const config = join(folder, 'halftone.config.ts')
  const shop = { site: `${source.url}/`, allowAddresses: ['127.0.0.1/32'] }
  writeFileSync(config, `export default ${JSON.stringify({ sources: { shop } })}\n`)
  const environment = { HALFTONE_CONFIG: config, HALFTONE_TIER_SECRET: secret }
  inner = await aProcess({ environment: { ...environment, HALFTONE_ROLES: 'shield,origin' } })
  edge = await aProcess({
    environment: {
      ...environment,
      HALFTONE_ROLES: 'edge',
      HALFTONE_EDGE_PROCESSES: '2',
      HALFTONE_SHIELDS: inner.url,
    },
  })
})

afterAll(async () => {
  await edge.end()
  await inner.end()
  await source.stop()
  rmSync(folder, { recursive: true, force: true })
})

/** Connections are dealt out in turn, so a few new ones meet all processes. */
async function askAll(): Promise<string[]> {
  const answers = []
  for (const client of times(6, () => aClient(edge.url))) {
    answers.push((await client.get(path)).body.toString('base64'))
    await client.close()
  }
  return answers
}

const workers = (): string[] =>
  readFileSync(`/proc/${edge.pid}/task/${edge.pid}/children`, 'utf8').trim().split(' ')

test('both serve, and the metrics are those of both', async () => {
  expect(new Set(await askAll()).size).toBe(1)
  expect(workers().length).toBe(2)
  expect(await edge.metric('halftone_requests_total', 'tier="edge"')).toBe(6)
})

test('a purge that one of them is told reaches both before it is acknowledged', async () => {
  const before = new Set(await askAll())
  source.pictures['/cat.jpg'] = await jpeg({ width: 90, height: 60 })
  for (const url of [inner.url, edge.url]) {
    const answer = await fetch(`${url}/purge`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'halftone-secret': secret },
      body: JSON.stringify({ purges: [{ target: { kind: 'everything' }, isSoft: false }] }),
    })
    expect(answer.status).toBe(200)
  }
  const after = new Set(await askAll())
  expect(after.size).toBe(1)
  expect(after).not.toEqual(before)
})

test('one that dies is started again, and the other serves meanwhile', async () => {
  const [first = ''] = workers()
  process.kill(Number(first), 'SIGKILL')
  await expect.poll(workers, { timeout: 60_000 }).not.toContain(first)
  expect(new Set(await askAll()).size).toBe(1)
  await expect.poll(() => workers().filter(Boolean).length, { timeout: 60_000 }).toBe(2)
})
