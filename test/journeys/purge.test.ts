// Purges as operators do them: from the command line and by the API, in one process and through processes apart.
import { writeFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import sharp from 'sharp'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { freePort } from '../servers/ports.ts'
import { type Answered, aSource, type SourceServer, times } from './cdn.ts'
import { aProcess, entriesOnDisk, type Process } from './processes.ts'
import { blue, colourOf, plain, purge, red, tokenFor } from './purges.ts'

let folder: string
let source: SourceServer
let environment: Record<string, string>

beforeAll(async () => {
  source = await aSource({})
  source.cacheControl = 'public, max-age=3600'
  folder = await mkdtemp(join(tmpdir(), 'halftone-purge-'))
  const file = join(folder, 'halftone.config.ts')
  const site = { site: `${source.url}/`, allowAddresses: ['127.0.0.1/32'] }
  writeFileSync(file, `export default ${JSON.stringify({ sources: { shop: site, other: site } })}\n`)
  environment = { HALFTONE_CONFIG: file, HALFTONE_TIER_SECRET: 'known to all processes of this test' }
})

afterAll(async () => {
  await source.stop()
  await rm(folder, { recursive: true, force: true })
})

/** A picture at a path of its own, hot in every cache of the server, and then replaced at its source. */
async function replaced(cdn: Pick<Process, 'get'>, path: string, queries: readonly string[]) {
  source.pictures[`/${path}`] = await plain(red)
  const addresses = queries.map((query) => `/shop/${path}?${query}`)
  for (const address of addresses) {
    await cdn.get(address)
    expect((await cdn.get(address)).tiers).toEqual([expect.stringMatching(/^halftone-edge; hit; ttl=\d+$/)])
  }
  source.pictures[`/${path}`] = await plain(blue)
  return addresses
}

const coloursAt = (cdn: Pick<Process, 'get'>, addresses: readonly string[]) =>
  Promise.all(addresses.map(async (address) => colourOf(await cdn.get(address))))

describe('in one process', () => {
  let cdn: Process
  let token: string
  beforeAll(async () => {
    cdn = await aProcess({ environment })
    token = tokenFor(cdn)
  })
  afterAll(async () => void (await cdn?.end()))

  test.each<[string, readonly string[], readonly string[]]>([
    ['of a picture: all that was made from it', ['--picture', '/shop/1/cat.png'], [blue, blue, red]],
    [
      'of an address, its query in any order',
      ['--url', 'https://cdn.example/shop/1/cat.png?w=32&h=24'],
      [blue, red, red],
    ],
    ['of a prefix', ['--prefix', '/shop/1/'], [blue, blue, red]],
    ['of a source', ['--source', 'shop'], [blue, blue, blue]],
    ['of a surrogate key', ['--key', 'shop'], [blue, blue, blue]],
    ['of everything', ['--all'], [blue, blue, blue]],
  ])('after the receipt of a purge %s, nothing older is served', async (_, args, colours) => {
    await purge(cdn.url, token, '--all')
    const cats = await replaced(cdn, '1/cat.png', ['h=24&w=32', 'w=40'])
    const dogs = await replaced(cdn, '2/dog.png', ['w=32'])
    expect(await purge(cdn.url, token, ...args)).toMatch(
      /^(?:\d{4}-.*Z {2}(?:origin|result cache|source cache|shield|edge)\n){5}Purged:/,
    )
    expect(await coloursAt(cdn, [...cats, ...dogs])).toEqual(colours)
    // And hot again, in the same way.
    expect(await coloursAt(cdn, [...cats, ...dogs])).toEqual(colours)
  })

  test('an address that depends on its client is purged for every kind of client', async () => {
    const [address = ''] = await replaced(cdn, 'kinds.png', ['w=32&auto=format'])
    source.pictures['/kinds.png'] = await plain(red)
    await purge(cdn.url, token, '--picture', 'shop/kinds.png')
    const kinds = ['image/avif,image/webp', 'image/webp', 'image/avif', '*/*'].map((accept) => ({ accept }))
    const seen = () => Promise.all(kinds.map(async (kind) => colourOf(await cdn.get(address, kind))))
    expect(await seen()).toEqual([red, red, red, red])
    source.pictures['/kinds.png'] = await plain(blue)
    await purge(cdn.url, token, '--url', '/shop/kinds.png?auto=format&w=32')
    expect(await seen()).toEqual([blue, blue, blue, blue])
  })

  test('a failure that caches keep goes with its picture', async () => {
    expect((await cdn.get('/shop/late.png?w=32')).status).toBe(404)
    source.pictures['/late.png'] = await plain(blue)
    expect((await cdn.get('/shop/late.png?w=32')).status).toBe(404)
    await purge(cdn.url, token, '--picture', '/shop/late.png')
    expect((await cdn.get('/shop/late.png?w=32')).status).toBe(200)
  })

  test('what was on its way is given to those who waited, and to nobody after the receipt', async () => {
    const old = await plain(red)
    const gate = Promise.withResolvers<void>()
    source.respond = (_, response) => {
      void gate.promise.then(() => response.writeHead(200, { 'cache-control': 'max-age=3600' }).end(old))
    }
    const waiting = cdn.get('/shop/slow.png?w=32')
    await expect.poll(() => source.requests).toContain('GET /slow.png')
    await purge(cdn.url, token, '--picture', '/shop/slow.png')
    source.respond = undefined
    source.pictures['/slow.png'] = await plain(blue)
    expect(await colourOf(await cdn.get('/shop/slow.png?w=32'))).toBe(blue)
    gate.resolve()
    expect(await colourOf(await waiting)).toBe(red)
    expect(
      await coloursAt(
        cdn,
        times(20, () => '/shop/slow.png?w=32'),
      ),
    ).toEqual(Array(20).fill(blue))
  })

  test('a soft purge: the old picture is served while exactly one refresh runs', async () => {
    const [address = ''] = await replaced(cdn, 'soft.png', ['w=32'])
    const picture = source.pictures['/soft.png'] as Buffer
    const gate = Promise.withResolvers<void>()
    const before = source.requests.length
    source.respond = (_, response) => {
      void gate.promise.then(() => response.writeHead(200, { 'cache-control': 'max-age=3600' }).end(picture))
    }
    await purge(cdn.url, token, '--url', address, '--soft')
    expect(
      await coloursAt(
        cdn,
        times(30, () => address),
      ),
    ).toEqual(Array(30).fill(red))
    await expect.poll(() => source.requests.length).toBe(before + 1)
    gate.resolve()
    await expect.poll(async () => colourOf(await cdn.get(address))).toBe(blue)
    expect(source.requests.length).toBe(before + 1)
    source.respond = undefined
  })

  test('under load, nobody who asks after a receipt sees what was there before it', async () => {
    const shades = await Promise.all(times(21, (i) => plain(`rgb(${i * 10},0,0)`)))
    const shadeOf = async ({ body }: Answered) => ((await sharp(body).raw().toBuffer())[0] ?? 0) / 10
    const addresses = ['/shop/busy.png?w=32', '/shop/busy.png?w=40', '/shop/busy.png?fm=original']
    const authorization = `Bearer ${token}`
    const headers = { authorization, 'content-type': 'application/json' }
    const orders = [
      { pictures: ['shop/busy.png'] },
      { urls: addresses },
      { prefixes: ['/shop/b'] },
      { all: true },
    ]
    source.pictures['/busy.png'] = shades[0] as Buffer
    let acknowledged = 0
    let isOver = false
    const stale: string[] = []
    const clients = times(12, async (client) => {
      while (!isOver) {
        const address = addresses[client % addresses.length] as string
        const least = acknowledged
        const seen = await shadeOf(await cdn.get(address))
        if (seen < least) stale.push(`${address} showed ${seen} after the receipt of ${least}`)
      }
    })
    for (let round = 1; round < shades.length; round++) {
      source.pictures['/busy.png'] = shades[round] as Buffer
      const body = JSON.stringify(orders[round % orders.length])
      expect((await fetch(`${cdn.url}/v1/purge`, { method: 'POST', headers, body })).status).toBe(200)
      acknowledged = round
    }
    isOver = true
    await Promise.all(clients)
    expect(stale).toEqual([])
  })

  test('a purge holds after kill -9, for what is on the disk as well', async () => {
    const before = entriesOnDisk(cdn, 'sources')
    const addresses = await replaced(cdn, 'killed.png', ['w=32', 'w=40'])
    await expect.poll(() => entriesOnDisk(cdn, 'sources')).toBeGreaterThan(before)
    await purge(cdn.url, token, '--picture', '/shop/killed.png')
    await cdn.end('SIGKILL')
    await cdn.again()
    expect(await coloursAt(cdn, addresses)).toEqual([blue, blue])
  })

  test('an upload that is deleted is gone at its addresses, in both languages', async () => {
    const authorization = `Bearer ${token}`
    const body = new Uint8Array(await plain(red))
    const headers = { authorization, 'content-type': 'image/png' }
    const sent = await fetch(`${cdn.url}/v1/files`, { method: 'POST', headers, body })
    const { id } = (await sent.json()) as { id: string }
    const addresses = [`/${id}/-/resize/32x/`, `/uploads/${id}?w=32&fm=webp`, `/${id}/`]
    for (const address of [...addresses, ...addresses]) expect((await cdn.get(address)).status).toBe(200)
    await fetch(`${cdn.url}/v1/files/${id}`, { method: 'DELETE', headers: { authorization } })
    const statuses = await Promise.all(addresses.map(async (address) => (await cdn.get(address)).status))
    expect(statuses).toEqual([404, 404, 404])
  })

  test.each([
    [{}, 400, 'names nothing'],
    [{ urls: ['/nowhere/cat.jpg?w=1'] }, 404, "no source named 'nowhere'"],
    [{ urls: ['/shop/cat.jpg?w=none'] }, 400, "'/shop/cat.jpg?w=none'"],
    [{ pictures: ['/shop/../x'] }, 400, "'..' segment"],
    [{ prefixes: ['/sho'] }, 400, 'the beginning of a path'],
    [{ keys: ['two words'] }, 400, 'no surrogate key'],
    [{ everything: true }, 400, 'everything'],
  ])('an order of %j is refused with %i', async (order, status, said) => {
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' }
    const answer = await fetch(`${cdn.url}/v1/purge`, {
      method: 'POST',
      headers,
      body: JSON.stringify(order),
    })
    expect(answer.status).toBe(status)
    expect(((await answer.json()) as { detail: string }).detail).toContain(said)
  })
})

describe('through processes apart', () => {
  let parts: Process[] = []
  let edge: Process
  let shield: Process
  let api: Process
  let token: string
  beforeAll(async () => {
    const origin = await aProcess({ args: ['--role', 'origin'], environment })
    const origins = { HALFTONE_ORIGINS: origin.url }
    const port = await freePort()
    const told = { ...environment, ...origins, HALFTONE_APIS: `http://127.0.0.1:${port}` }
    shield = await aProcess({ args: ['--role', 'shield'], environment: told })
    const shields = { HALFTONE_SHIELDS: shield.url }
    edge = await aProcess({ args: ['--role', 'edge'], environment: { ...environment, ...shields } })
    const all = { ...environment, ...origins, ...shields, HALFTONE_EDGES: edge.url }
    api = await aProcess({ args: ['--role', 'api,processor'], environment: all, port })
    token = tokenFor(api)
    parts = [origin, shield, edge, api]
  })
  afterAll(async () => void (await Promise.all(parts.map((part) => part.end()))))

  test('every part acknowledges, and nothing older leaves the edge', async () => {
    const addresses = await replaced(edge, 'apart.png', ['w=32', 'w=40'])
    const said = await purge(api.url, token, '--picture', '/shop/apart.png')
    const acknowledged = said.split('\n').flatMap((line) => /Z {2}(.+) of http/.exec(line)?.[1] ?? [])
    expect(acknowledged).toEqual(['origin', 'result cache', 'source cache', 'shield', 'edge'])
    expect(await coloursAt(edge, addresses)).toEqual([blue, blue])
  })

  test('softly: one refresh, and stale for one round alone', async () => {
    const [address = ''] = await replaced(edge, 'apart-soft.png', ['w=32'])
    const before = source.requests.length
    await purge(api.url, token, '--picture', '/shop/apart-soft.png', '--soft')
    expect(await colourOf(await edge.get(address))).toBe(red)
    await expect.poll(async () => colourOf(await edge.get(address))).toBe(blue)
    expect(source.requests.length).toBe(before + 1)
  })

  test('nobody without the secret purges a tier', async () => {
    const order = JSON.stringify({ purges: [{ target: { kind: 'everything' }, isSoft: false }] })
    for (const part of parts) {
      const answer = await fetch(`${part.url}/purge`, { method: 'POST', body: order })
      expect(answer.status).toBe(403)
    }
  })

  test('a part that was down reads of the purge at the api, before it serves', async () => {
    const addresses = await replaced(edge, 'apart-down.png', ['w=32'])
    await shield.end('SIGKILL')
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' }
    const body = JSON.stringify({ pictures: ['shop/apart-down.png'] })
    expect((await fetch(`${api.url}/v1/purge`, { method: 'POST', headers, body })).status).toBe(502)
    await shield.again()
    const seen = new Set<string>()
    await expect
      .poll(async () => {
        for (const colour of await coloursAt(edge, addresses)) seen.add(colour)
        return [...seen].at(-1)
      })
      .toBe(blue)
    expect([...seen]).not.toContain(red)
  })

  test('a part that does not answer is named, for the purge is to be given again', async () => {
    const [origin] = parts as [Process]
    await origin.end('SIGKILL')
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' }
    const body = JSON.stringify({ all: true })
    const answer = await fetch(`${api.url}/v1/purge`, { method: 'POST', headers, body })
    expect(answer.status).toBe(502)
    expect(((await answer.json()) as { detail: string }).detail).toContain(
      `${new URL(origin.url).host} did not purge`,
    )
    await origin.again()
  })
})
