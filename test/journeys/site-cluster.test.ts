// A site behind two members: what a request changes at one of them is out of date at the other as well.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { tierSecret } from '../nginx/front.ts'
import { type RedisServer, redisMissing, startRedis } from '../servers/redis.ts'
import { aProcess, type Process } from './processes.ts'

describe.skipIf(redisMissing)(`a site of two members over Redis ${redisMissing ?? ''}`, () => {
  const folder = mkdtempSync(join(tmpdir(), 'halftone-site-cluster-'))
  const pages = new Map<string, number>()
  let shop: Server
  let redis: RedisServer
  let members: [Process, Process]

  beforeAll(async () => {
    redis = await startRedis()
    shop = createServer((req, res) => {
      const path = req.url ?? '/'
      if (req.method === 'GET')
        return void res.writeHead(200, { 'cache-control': 'max-age=3600' }).end(`${path} ${pages.get(path)}`)
      for (const each of [path, '/list']) pages.set(each, (pages.get(each) ?? 0) + 1)
      req.resume()
      res.writeHead(path === '/refused' ? 409 : 303, { location: '/list' }).end()
    })
    await new Promise<void>((done) => shop.listen(0, '127.0.0.1', done))
    const { port } = shop.address() as AddressInfo
    const file = join(folder, 'halftone.config.ts')
    const site = {
      ...{ hosts: ['localhost'], origin: `http://127.0.0.1:${port}`, allowAddresses: ['127.0.0.1/32'] },
      pictures: false,
    }
    writeFileSync(file, `export default ${JSON.stringify({ sites: { site } })}\n`)
    const environment = {
      HALFTONE_CONFIG: file,
      HALFTONE_TIER_SECRET: tierSecret,
      HALFTONE_REDIS: redis.url,
      // A machine with too much to do is not to be taken for one whose Redis is away.
      HALFTONE_REDIS_TIMEOUT: '30s',
    }
    const start = () => aProcess({ args: ['--role', 'edge,shield,origin'], environment })
    members = await Promise.all([start(), start()])
  })
  afterAll(async () => {
    await Promise.all((members ?? []).map((each) => each.end()))
    shop?.close()
    await redis?.stop()
    rmSync(folder, { recursive: true, force: true })
  })

  const at = ({ url }: Process, path: string, init: RequestInit = {}) =>
    fetch(url.replace('127.0.0.1', 'localhost') + path, { redirect: 'manual', ...init })

  /** What both say of a page, and whether both have it. */
  const seen = (path: string) =>
    Promise.all(
      members.map(async (each) => {
        const answer = await at(each, path)
        return `${await answer.text()} ${/hit/.test(answer.headers.get('cache-status') ?? '') ? 'stored' : 'asked'}`
      }),
    )

  test('a form that is sent to one changes its page, and the one it leads to, at both', async () => {
    const [one] = members
    for (const path of ['/page?a=1', '/list', '/other']) {
      pages.set(path, 0)
      // One that reads the log of purges for the first time may forget everything once.
      await expect.poll(() => seen(path)).toEqual([`${path} 0 stored`, `${path} 0 stored`])
    }
    const answer = await at(one, '/page?a=1', { method: 'POST', body: 'name=cap' })
    expect(answer.status).toBe(303)
    for (const path of ['/page?a=1', '/list'])
      expect(await seen(path)).toEqual(Array(2).fill(`${path} 1 asked`))
    expect(await seen('/other')).toEqual(Array(2).fill('/other 0 stored'))
  })

  test('one that is refused changes nothing', async () => {
    pages.set('/refused', 0)
    await expect.poll(() => seen('/refused')).toEqual(Array(2).fill('/refused 0 stored'))
    expect((await at(members[0], '/refused', { method: 'DELETE' })).status).toBe(409)
    expect(await seen('/refused')).toEqual(Array(2).fill('/refused 0 stored'))
  })
})
