// Limits as clients meet them: pictures by address and source, the API by key, and plans that change while it runs.
import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import type { WrittenConfig } from '../../config.ts'
import type { Rule, RuleTable } from '../../limits/rules.ts'
import { jpeg } from '../pictures.ts'
import { type RedisServer, redisMissing, startRedis } from '../servers/redis.ts'
import { aHalftone, type Halftone } from '../uploadcare/halftone.ts'
import { aClient, aNode, aSource, type Node, type SourceServer, siteOf, times } from './cdn.ts'

/** A thousandth of a request a second: in the time of a test nothing comes back. */
const rate = 0.001
const photo = await jpeg()

let source: SourceServer
let nodes: Node[] = []

beforeAll(async () => {
  source = await aSource({ '/cat.jpg': photo })
  source.cacheControl = 'max-age=3600'
})
afterAll(() => source.stop())
afterEach(async () => {
  await Promise.all(nodes.map((node) => node.stop()))
  nodes = []
})

async function limited(rules: Rule[], more: WrittenConfig = {}): Promise<Node> {
  const node = await aNode({
    sources: { shop: siteOf(source), other: siteOf(source) },
    trustedProxies: '127.0.0.1',
    limits: { rules },
    ...more,
  })
  nodes.push(node)
  return node
}

const from = (address: string) => ({ 'x-forwarded-for': address })
const cat = '/shop/cat.jpg?w=40'

describe('pictures', () => {
  test('by address: hits and misses count, and the refusal is a problem that says when to come again', async () => {
    const rule: Rule = { name: 'visitor', per: 'address', of: ['pictures'], rate: 0.5, burst: 3 }
    const { get, metric } = await limited([rule])
    const answers = []
    for (const path of [cat, cat, cat]) answers.push(await get(path, from('203.0.113.7')))
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200])
    expect(answers.at(-1)?.tiers.join()).toContain('halftone-edge; hit')
    expect(answers.map(({ headers }) => headers['ratelimit-policy'])).toEqual(
      times(3, () => '"visitor";q=3;w=6'),
    )
    expect(answers[0]?.headers.ratelimit).toBe('"visitor";r=2;t=2')
    let refused = await get(cat, from('203.0.113.7'))
    while (refused.status === 200) refused = await get(cat, from('203.0.113.7'))
    expect(refused.status).toBe(429)
    expect(refused.headers).toMatchObject({
      'content-type': 'application/problem+json',
      'retry-after': expect.stringMatching(/^[12]$/),
      ratelimit: expect.stringMatching(/^"visitor";r=0;t=\d+$/),
      'cache-control': 'no-store',
      'access-control-allow-origin': '*',
    })
    expect(JSON.parse(String(refused.body))).toMatchObject({
      type: 'urn:halftone:problem:rate-limited',
      status: 429,
      'violated-policies': ['visitor'],
    })
    expect((await get(cat, from('198.51.100.1'))).status).toBe(200)
    expect(await metric('halftone_limited_total', 'scope="address"')).toBe(1)
  })

  test('a neighbour in the same /64 has the same bucket; a word of somebody who is no proxy none', async () => {
    const rule: Rule = { name: 'visitor', per: 'address', of: ['pictures'], rate, burst: 1 }
    const { get } = await limited([rule])
    expect((await get(cat, from('2001:db8::1'))).status).toBe(200)
    expect((await get(cat, from('2001:db8::2'))).status).toBe(429)
    const open = await limited([rule], { trustedProxies: '' })
    expect((await open.get(cat, from('203.0.113.7'))).status).toBe(200)
    expect((await open.get(cat, from('198.51.100.1'))).status).toBe(429)
  })

  test('where only misses are limited, hits are free', async () => {
    const { get } = await limited([{ name: 'new', per: 'address', of: ['misses'], rate, burst: 2 }])
    const first = await get(cat)
    expect(first.headers.ratelimit).toMatch(/^"new";r=1;/)
    for (const answer of await Promise.all(times(10, () => get(cat)))) {
      expect(answer.status).toBe(200)
      expect(answer.headers.ratelimit).toBeUndefined()
    }
    expect((await get('/shop/cat.jpg?w=41')).status).toBe(200)
    expect((await get('/shop/cat.jpg?w=42')).status).toBe(429)
    expect((await get(cat)).status).toBe(200)
  })

  test('by source: each has its own bucket, and a name that is no source has none', async () => {
    const { get } = await limited([{ name: 'site', per: 'source', of: ['pictures'], rate, burst: 1 }])
    expect((await get(cat)).status).toBe(200)
    expect((await get(cat)).status).toBe(429)
    expect((await get('/other/cat.jpg?w=40')).status).toBe(200)
    for (let i = 0; i < 3; i++) expect((await get('/nowhere/cat.jpg')).status).toBe(404)
  })

  test('two rules are two members of the headers, and a request that one refuses is not counted by the other', async () => {
    const { get } = await limited([
      { name: 'visitor', per: 'address', of: ['pictures'], rate, burst: 1 },
      { name: 'site', per: 'source', of: ['pictures'], rate, burst: 2 },
    ])
    const first = await get(cat, from('203.0.113.1'))
    expect(first.headers['ratelimit-policy']).toBe('"visitor";q=1;w=1000, "site";q=2;w=2000')
    for (let i = 0; i < 3; i++) expect((await get(cat, from('203.0.113.1'))).status).toBe(429)
    expect((await get(cat, from('203.0.113.2'))).status).toBe(200)
    const third = await get(cat, from('203.0.113.3'))
    expect(JSON.parse(String(third.body))).toMatchObject({ 'violated-policies': ['site'] })
  })

  test('what a proxy of ours has counted is not counted again; a stranger cannot say so', async () => {
    const rule: Rule = { name: 'visitor', per: 'address', of: ['pictures'], rate, burst: 1 }
    const { get } = await limited([rule])
    const counted = { ...from('203.0.113.7'), 'halftone-limited': 'visitor' }
    for (let i = 0; i < 3; i++) expect((await get(cat, counted)).status).toBe(200)
    const open = await limited([rule], { trustedProxies: '' })
    expect((await open.get(cat, counted)).status).toBe(200)
    expect((await open.get(cat, counted)).status).toBe(429)
  })

  test("operators' paths and pages are never limited", async () => {
    const { get } = await limited([
      { name: 'visitor', per: 'address', of: ['pictures', 'api'], rate, burst: 1 },
    ])
    expect((await get(cat)).status).toBe(200)
    for (const path of ['/healthz', '/readyz', '/metrics', '/', '/optimise'])
      expect((await get(path)).status, path).toBe(200)
  })

  test('the API by address, however its path is written', async () => {
    const { get } = await limited([{ name: 'callers', per: 'address', of: ['api'], rate, burst: 2 }])
    expect((await get('/v1/account')).status).toBe(401)
    expect((await get('/%76%31/account')).status).toBe(401)
    expect((await get('/v1/account')).status).toBe(429)
    expect((await get('/%76%31/account')).status).toBe(429)
    expect((await get(cat)).status).toBe(200)
  })
})

describe('the API by key', () => {
  let halftone: Halftone
  const table: RuleTable = {
    rules: [{ name: 'calls', per: 'key', of: ['api'], rate, burst: 2 }],
    plans: { large: { calls: { rate, burst: 4 } }, partner: { calls: null } },
  }
  beforeAll(async () => {
    halftone = await aHalftone({ limits: table })
  })
  afterAll(() => halftone.stop())

  const aKey = async (plan?: string) => {
    const wanted = { project: 'shop', user: 'ann', scopes: ['*'], ...(plan === undefined ? {} : { plan }) }
    const { key, secret } = await halftone.accounts.create(wanted)
    return { id: key.id, secret, token: `${key.id}.${secret}` }
  }
  type Key = Awaited<ReturnType<typeof aKey>>
  const bearer = ({ token }: Key) => ({ authorization: `Bearer ${token}` })
  const account = (key: Key) => halftone.get('/v1/account', bearer(key))

  const post = (path: string, body: string | FormData, headers: Record<string, string> = {}) =>
    fetch(halftone.url + path, { method: 'POST', body, headers })
  const formOf = (fields: Record<string, string>): FormData => {
    const form = new FormData()
    for (const [name, value] of Object.entries(fields)) form.append(name, value)
    return form
  }

  const faces: Readonly<Record<string, (key: Key) => Promise<Response>>> = {
    native: (key) => fetch(`${halftone.url}/v1/account`, { headers: bearer(key) }),
    Kraken: ({ id, secret }) =>
      post('/user_status', JSON.stringify({ auth: { api_key: id, api_secret: secret } })),
    'Kraken, by a form': ({ id, secret }) => {
      const auth = { api_key: id, api_secret: secret }
      return post('/v1/upload', formOf({ data: JSON.stringify({ auth, wait: true }) }))
    },
    Optidash: (key) => fetch(`${halftone.url}/1.0/account`, { headers: bearer(key) }),
    "Uploadcare's uploads": ({ id }) => post('/base/', formOf({ UPLOADCARE_PUB_KEY: id })),
    "Uploadcare's REST": ({ id, secret }) =>
      fetch(`${halftone.url}/files/`, {
        headers: {
          accept: 'application/vnd.uploadcare-v0.7+json',
          authorization: `Uploadcare.Simple ${id}:${secret}`,
        },
      }),
  }

  test.each(Object.keys(faces))('%s: a call counts once, and too many are answered 429', async (name) => {
    const ask = faces[name] as (key: Key) => Promise<Response>
    const key = await aKey()
    const answers = []
    for (let i = 0; i < 3; i++) answers.push(await ask(key))
    for (const answer of answers) await answer.body?.cancel()
    const [one, two, three] = answers
    expect([one?.status === 429, two?.status === 429, three?.status === 429]).toEqual([false, false, true])
    expect(one?.headers.get('ratelimit')).toMatch(/^"calls";r=1;t=\d+$/)
    expect(three?.headers.get('retry-after')).toMatch(/^\d+$/)
    expect(three?.headers.get('ratelimit-policy')).toBe('"calls";q=2;w=2000')
  })

  test('who does not know the secret uses up nothing', async () => {
    const key = await aKey()
    for (let i = 0; i < 5; i++) expect((await account({ ...key, token: `${key.id}.wrong` })).status).toBe(401)
    expect((await account(key)).headers.ratelimit).toMatch(/^"calls";r=1;/)
  })

  test('a plan changes what its keys may, also one that is given while they are used up', async () => {
    const key = await aKey()
    const operator = await aKey('partner')
    const change = (plan: string) =>
      fetch(`${halftone.url}/v1/keys/${key.id}`, {
        method: 'PATCH',
        body: JSON.stringify({ plan }),
        headers: { ...bearer(operator), 'content-type': 'application/json' },
      })
    for (const status of [200, 200, 429]) expect((await account(key)).status).toBe(status)
    expect((await change('large')).status).toBe(200)
    for (const status of [200, 200, 429]) expect((await account(key)).status).toBe(status)
    expect((await change('partner')).status).toBe(200)
    const free = await account(key)
    expect([free.status, free.headers.ratelimit]).toEqual([200, undefined])
    expect((await change('')).status).toBe(200)
    expect((await account(key)).status).toBe(429)
  })

  test('the command line changes a plan too, while the server runs', async () => {
    const key = await aKey()
    for (const status of [200, 200, 429]) expect((await account(key)).status).toBe(status)
    const root = fileURLToPath(new URL('../..', import.meta.url))
    const change = (...plan: string[]) =>
      promisify(execFile)('bin/halftone', ['keys', 'change', key.id, ...plan], {
        cwd: root,
        env: { ...process.env, HALFTONE_DATA: halftone.dataDir, HALFTONE_LIMITS: JSON.stringify(table) },
      })
    expect((await change('--plan', 'large')).stdout).toContain('has the plan large')
    for (const status of [200, 200, 429]) expect((await account(key)).status).toBe(status)
    await expect(change('--plan', 'huge')).rejects.toThrow("There is no plan 'huge'")
    expect((await change('--no-plan')).stdout).toContain('has no plan')
  })
})

describe.skipIf(redisMissing)(`over Redis${redisMissing ? ` (${redisMissing})` : ''}`, () => {
  let redis: RedisServer
  beforeAll(async () => {
    redis = await startRedis()
  })
  afterAll(() => redis?.stop())

  test('two nodes share a bucket; each goes on alone while Redis is away, and both are back by themselves', async () => {
    const rules: Rule[] = [{ name: 'visitor', per: 'address', of: ['pictures'], rate, burst: 10 }]
    // However busy the machine is, a Redis that is there is not taken for one that is away.
    const shared = { redis: redis.url, redisMs: '20s' }
    const [one, two] = [await limited(rules, shared), await limited(rules, shared)]
    const both = [one, two] as const
    for (const node of both) await expect.poll(() => node.metric('halftone_limits_fallback')).toBe(0)
    for (const node of both) await expect.poll(() => node.metric('halftone_redis_here')).toBe(1)
    const refusedOf = async (address: string, requests: number) => {
      const answers = await Promise.all(times(requests, (i) => (both[i % 2] as Node).get(cat, from(address))))
      return answers.filter(({ status }) => status === 429).length
    }
    expect(await refusedOf('203.0.113.7', 30)).toBe(20)
    await redis.kill()
    // Who was refused is so still, by either.
    expect(await refusedOf('203.0.113.7', 4)).toBe(4)
    expect(await refusedOf('198.51.100.1', 40)).toBe(20)
    for (const node of both) expect(await node.metric('halftone_limits_fallback')).toBe(1)
    await redis.again()
    for (const node of both) await expect.poll(() => node.metric('halftone_limits_fallback')).toBe(0)
    expect(await refusedOf('192.0.2.1', 30)).toBe(20)
  })
})

test('a client of its own connection is told apart by its address alone', async () => {
  const { url } = await limited([{ name: 'visitor', per: 'address', of: ['pictures'], rate, burst: 1 }])
  const [one, other] = [aClient(url), aClient(url)]
  expect((await one.get(cat)).status).toBe(200)
  expect((await other.get(cat)).status).toBe(429)
  await one.close()
  await other.close()
})
