// Purges of members that know each other over Redis: the receipt, and those who were away.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Front, nginxMissing, startFront, tierSecret } from '../nginx/front.ts'
import { type RedisServer, redisMissing, startRedis } from '../servers/redis.ts'
import { aSource, type SourceServer, times } from './cdn.ts'
import { aProcess, type Process } from './processes.ts'
import { blue, colourOf, plain, purge, red, tokenFor } from './purges.ts'

describe.skipIf(redisMissing)(`purges over Redis ${redisMissing ?? ''}`, () => {
  const folder = mkdtempSync(join(tmpdir(), 'halftone-cluster-purge-'))
  let redis: RedisServer
  let source: SourceServer
  let members: Process[] = []
  let origin: Process
  let shield: Process
  let edges: [Process, Process]
  let api: Process
  let token: string
  let front: Front | undefined

  beforeAll(async () => {
    redis = await startRedis()
    source = await aSource({})
    source.cacheControl = 'public, max-age=3600'
    const file = join(folder, 'halftone.config.ts')
    const site = { site: `${source.url}/`, allowAddresses: ['127.0.0.1/32'] }
    writeFileSync(file, `export default ${JSON.stringify({ sources: { shop: site } })}\n`)
    const common = {
      HALFTONE_CONFIG: file,
      HALFTONE_TIER_SECRET: tierSecret,
      HALFTONE_REDIS: redis.url,
      // A machine with too much to do is not to be taken for one whose Redis is away.
      HALFTONE_REDIS_TIMEOUT: '30s',
    }
    const start = (role: string, environment: Readonly<Record<string, string>> = {}) =>
      aProcess({ args: ['--role', role], environment: { ...common, ...environment } })
    origin = await start('origin')
    shield = await start('shield', { HALFTONE_ORIGINS: origin.url })
    const shields = { HALFTONE_SHIELDS: shield.url }
    const behind = { ...shields, HALFTONE_BEHIND_NGINX: String(nginxMissing === undefined) }
    edges = await Promise.all([start('edge', behind), start('edge', behind)])
    const signing = { scheme: 'hmac-sha256', keys: [] } as const
    const sources = new Map([['shop', { defaults: '', signing }]])
    if (nginxMissing === undefined) front = await startFront({ edges: edges.map(({ url }) => url), sources })
    // It is told of nginx alone: all others have told Redis of themselves.
    api = await start('api,processor', front ? { HALFTONE_NGINX: front.url } : {})
    members = [origin, shield, ...edges]
    token = tokenFor(api)
  })
  afterAll(async () => {
    await front?.close()
    await Promise.all([api, ...members].map((each) => each?.end()))
    await source?.stop()
    await redis?.stop()
    rmSync(folder, { recursive: true, force: true })
  })

  const order = async (body: object) => {
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' }
    const answer = await fetch(`${api.url}/v1/purge`, {
      method: 'POST',
      headers,
      body: JSON.stringify(body),
    })
    return { status: answer.status, said: (await answer.json()) as Said }
  }
  interface Said {
    readonly complete: boolean
    readonly parts: readonly { part: string; member: string; purged?: string; failed?: string }[]
  }

  /** Red in every cache, and blue at its source. */
  async function replaced(name: string): Promise<string> {
    const address = `/shop/${name}?w=32`
    source.pictures[`/${name}`] = await plain(red)
    for (const edge of edges) {
      // One that finds the log shorter than it knew forgets everything once more, whenever it looks.
      const tiers = async () => (await edge.get(address)).tiers
      await expect.poll(tiers).toEqual([expect.stringContaining('hit')])
    }
    source.pictures[`/${name}`] = await plain(blue)
    return address
  }
  const colours = (address: string) =>
    Promise.all(edges.map(async (edge) => colourOf(await edge.get(address))))

  /** Blue from both edges in the end, and red from neither of them until then. */
  async function expectBlueAlone(address: string): Promise<void> {
    const seen = new Set<string>()
    await expect
      .poll(async () => {
        for (const colour of await colours(address)) seen.add(colour)
        return colours(address)
      })
      .toEqual([blue, blue])
    expect([...seen]).not.toContain(red)
  }

  test('the receipt has each cache of each member, from the sources outwards, and nothing older is served', async () => {
    const address = await replaced('cat.png')
    const { status, said } = await order({ pictures: ['/shop/cat.png'] })
    expect({ status, complete: said.complete }).toEqual({ status: 200, complete: true })
    const [one, other] = edges.map(({ url }) => url).sort()
    expect(said.parts.map(({ part, member }) => `${part} of ${member}`)).toEqual([
      ...['origin', 'result cache', 'source cache'].map((part) => `${part} of ${origin.url}`),
      `shield of ${shield.url}`,
      ...[one, other].map((url) => `edge of ${url}`),
      ...(front ? [`nginx of ${front.url}`] : []),
    ])
    const [atOrigin = 0, , , atShield = 0, ...outer] = said.parts.map(({ purged = '' }) => Date.parse(purged))
    expect(atOrigin).toBeLessThanOrEqual(atShield)
    expect(atShield).toBeLessThanOrEqual(Math.min(...outer))
    expect(await colours(address)).toEqual([blue, blue])
  })

  test.skipIf(nginxMissing)(`nginx serves nothing older either ${nginxMissing ?? ''}`, async () => {
    if (!front) throw new Error('no nginx')
    const { get } = front
    const address = await replaced('front.png')
    const kept = async () => (await get(address)).headers['cache-status']
    await expect.poll(kept).toContain('halftone-nginx; hit')
    expect(await colourOf(await get(address))).toBe(red)
    expect((await order({ urls: [address] })).status).toBe(200)
    expect(await Promise.all(times(20, async () => colourOf(await get(address))))).toEqual(
      Array(20).fill(blue),
    )
  })

  test('softly: the old picture is served while its source is asked exactly once for all', async () => {
    const address = await replaced('soft.png')
    const before = source.requests.length
    expect((await order({ urls: [address], soft: true })).status).toBe(200)
    expect(await colours(address)).toEqual([red, red])
    await expect.poll(() => colours(address)).toEqual([blue, blue])
    expect(source.requests.length).toBe(before + 1)
  })

  test('the command prints it', async () => {
    expect(await purge(api.url, token, '--source', 'shop')).toMatch(
      /Z {2}shield of http:\/\/127\.0\.0\.1:\d+\n/,
    )
  })

  test('a member that is down is named, and purges before it serves again', async () => {
    const address = await replaced('down.png')
    await shield.end('SIGKILL')
    const { status, said } = await order({ pictures: ['/shop/down.png'] })
    expect({ status, complete: said.complete }).toEqual({ status: 202, complete: false })
    expect(said.parts.filter(({ purged }) => purged === undefined)).toEqual([
      { part: 'shield', member: shield.url, failed: `${new URL(shield.url).host} did not purge.` },
    ])
    await shield.again()
    await expectBlueAlone(address)
  })

  test('one that was away for longer than the log reaches back forgets everything', async () => {
    const address = await replaced('long.png')
    await shield.end('SIGKILL')
    await order({ pictures: ['/shop/long.png'] })
    redis.say('xtrim', '{halftone}:purges', 'maxlen', '0')
    await order({ pictures: ['/shop/another.png'] })
    await shield.again()
    await expectBlueAlone(address)
  })

  test('while Redis is away a purge reaches all that were there; one that is down keeps it from being promised', async () => {
    const address = await replaced('away.png')
    await redis.kill()
    await expect.poll(async () => JSON.parse((await api.get('/readyz')).body.toString()).redis).toBe('away')
    expect((await order({ pictures: ['/shop/away.png'] })).status).toBe(200)
    expect(await colours(address)).toEqual([blue, blue])
    const [edge] = edges
    await edge.end('SIGKILL')
    expect((await order({ pictures: ['/shop/away.png'] })).status).toBe(502)
    await redis.again()
    await edge.again()
    for (const member of [...members, api])
      await expect.poll(async () => (await member.get('/readyz')).status).toBe(200)
    expect((await order({ pictures: ['/shop/away.png'] })).status).toBe(200)
  })
})
