// The three tiers as separate processes over HTTP: what each of them answers, and how little the ones behind it do.
import { readFileSync, writeFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import sharp from 'sharp'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Answered, aSource, type SourceServer, times } from './cdn.ts'
import { aProcess, entriesOnDisk, type Process } from './processes.ts'

let folder: string
let source: SourceServer
let origin: Process
let shield: Process
let edges: Process[]

beforeAll(async () => {
  source = await aSource({
    '/photo.jpg': await noise(1200, 800),
    '/burst.jpg': await noise(1201, 800),
    '/stampede.jpg': await noise(1202, 800),
  })
  source.cacheControl = 'public, max-age=3600'
  folder = await mkdtemp(join(tmpdir(), 'halftone-config-'))
  const config = join(folder, 'halftone.config.ts')
  const shop = { site: `${source.url}/`, allowAddresses: ['127.0.0.1/32'] }
  writeFileSync(config, `export default ${JSON.stringify({ sources: { shop } })}\n`)
  const environment = { HALFTONE_CONFIG: config, HALFTONE_TIER_SECRET: 'a-secret-between-tiers' }
  origin = await aProcess({ args: ['--role', 'origin'], environment })
  shield = await aProcess({
    args: ['--role', 'shield'],
    environment: { ...environment, HALFTONE_ORIGINS: origin.url },
  })
  edges = await Promise.all(
    times(2, () =>
      aProcess({ args: ['--role', 'edge'], environment: { ...environment, HALFTONE_SHIELDS: shield.url } }),
    ),
  )
})

afterAll(async () => {
  await Promise.all([...edges, shield, origin].map((process) => process.end()))
  await source.stop()
  await rm(folder, { recursive: true, force: true })
})

const noise = (width: number, height: number): Promise<Buffer> =>
  sharp({
    create: {
      width,
      height,
      channels: 3,
      background: '#000',
      noise: { type: 'gaussian', mean: 128, sigma: 30 },
    },
  })
    .jpeg()
    .toBuffer()

const edge = (index: number): Process => edges[index] as Process
const renders = (): Promise<number> => origin.metric('halftone_render_seconds_count')
const gets = (path: string): number => source.requests.filter((request) => request === `GET ${path}`).length

describe('a picture on its way', () => {
  const path = '/shop/photo.jpg?w=640&fm=webp'
  let first: Answered

  test('a miss everywhere is rendered', async () => {
    first = await edge(0).get(path)
    expect(first.status).toBe(200)
    expect(first.tiers).toEqual([
      'halftone-origin; fwd=uri-miss; stored',
      expect.stringMatching(/^halftone-shield; fwd=uri-miss; stored/),
      expect.stringMatching(/^halftone-edge; fwd=uri-miss; stored/),
    ])
  })

  test('then the edge has it', async () => {
    expect((await edge(0).get(path)).tiers).toEqual([expect.stringMatching(/^halftone-edge; hit/)])
  })

  test('a second edge gets it from the shield', async () => {
    const { tiers, body } = await edge(1).get(path)
    expect(tiers).toEqual([
      expect.stringMatching(/^halftone-shield; hit/),
      expect.stringMatching(/^halftone-edge; fwd=uri-miss/),
    ])
    expect(body.equals(first.body)).toBe(true)
  })

  test('a restarted shield still has it, on disk', async () => {
    await expect.poll(() => entriesOnDisk(shield, 'shield')).toBe(1)
    await shield.end('SIGKILL')
    await shield.again()
    await edge(1).end('SIGKILL')
    await edge(1).again()
    expect((await edge(1).get(path)).tiers[0]).toMatch(/^halftone-shield; hit/)
  })

  test('when both are emptied, the result cache has it: nothing is rendered or fetched again', async () => {
    const before = await renders()
    await edge(0).end('SIGKILL')
    await shield.end('SIGKILL')
    await rm(shield.dataDir, { recursive: true, force: true })
    await shield.again()
    await edge(0).again()
    const { tiers, body } = await edge(0).get(path)
    expect(tiers[0]).toBe('halftone-origin; hit')
    expect(body.equals(first.body)).toBe(true)
    expect(await renders()).toBe(before)
    expect(gets('/photo.jpg')).toBe(1)
  })
})

describe('many at once', () => {
  test('200 identical cold requests over two edges are one source GET and one render', async () => {
    const before = await renders()
    const answers = await Promise.all(times(200, (i) => edge(i % 2).get('/shop/stampede.jpg?w=500&fm=avif')))
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]))
    expect(new Set(answers.map(({ headers }) => headers.etag)).size).toBe(1)
    expect([gets('/stampede.jpg'), (await renders()) - before]).toEqual([1, 1])
  })

  test('8 sizes of one source are one source GET and 8 renders', async () => {
    const before = await renders()
    const answers = await Promise.all(
      times(8, (i) => edge(i % 2).get(`/shop/burst.jpg?w=${100 + i * 100}&fm=webp`)),
    )
    expect(answers.map(({ status }) => status)).toEqual(times(8, () => 200))
    expect([gets('/burst.jpg'), (await renders()) - before]).toEqual([1, 8])
  })
})

describe('roles', () => {
  const loaded = (pid: number | string) => readFileSync(`/proc/${pid}/maps`, 'utf8').includes('sharp')
  const childrenOf = ({ pid }: Process) =>
    readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ').filter(Boolean)

  test('only a child of an origin loads sharp: whoever answers has no decoder', () => {
    const answering = [edge(0), shield, origin]
    expect(answering.map(({ pid }) => loaded(pid))).toEqual([false, false, false])
    expect([edge(0), shield].flatMap(childrenOf)).toEqual([])
    expect(childrenOf(origin).map(loaded)).toContain(true)
  })

  test('below the edge nobody is answered without the secret', async () => {
    expect((await shield.get('/shop/photo.jpg?w=10&rev=3')).status).toBe(403)
    expect((await shield.get('/healthz')).status).toBe(200)
  })

  test('a client cannot speak to the tiers below through an edge', async () => {
    const sneaky = { 'halftone-secret': 'a-secret-between-tiers', priority: 'u=0', 'if-none-match': '*' }
    expect((await edge(0).get('/shop/photo.jpg?w=99', sneaky)).status).toBe(304)
    expect((await edge(0).get('/shop/photo.jpg?w=99')).status).toBe(200)
  })
})
