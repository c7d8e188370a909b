// An ask to a site between two tiers: method, host and headers cross, and every line of Set-Cookie comes back.
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { request } from 'undici'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Answer, type Ask, requireHeld, type Tier } from '../../tier.ts'
import { createRemoteTier } from '../../wire/index.ts'
import { anAsk, limits, opened, serving } from './tiers.ts'

const open = opened()
const secret = 'between tiers'
const asks: Ask[] = []
const cookies = ['a=1; Path=/; Expires=Wed, 21 Oct 2026 07:28:00 GMT', 'b=2, 3']
const page: Answer = {
  status: 200,
  headers: { 'content-type': 'text/html', 'content-length': '5', vary: 'Cookie, Accept-Language' },
  setCookie: cookies,
  body: Buffer.from('hello'),
}
const site: Tier = async (ask) => {
  asks.push(ask)
  return ask.method === 'HEAD' ? { ...page, body: Buffer.alloc(0) } : page
}
let overHttp: Tier
let url = ''
beforeAll(async () => {
  url = open.keep(await serving(site, { secrets: [secret] })).url
  overHttp = open.keep(createRemoteTier(url, { ...limits, secret }))
})
afterAll(open.closeAll)

const theirs = (): Omit<Ask, 'signal'> => {
  const { signal: _, ...ask } = asks.at(-1) as Ask
  return ask
}

describe('an ask', () => {
  const headers = { accept: 'text/html', cookie: 'a=1; b=2', authorization: 'Basic eA==', 'x-own': 'yes' }

  test('to a site crosses with its host and every header that is meant for the server', async () => {
    const hop = { connection: 'x-hop, close', 'x-hop': '1', te: 'trailers', 'halftone-secret': 'guessed' }
    await overHttp({ ...anAsk('/page?a=1', { ...headers, ...hop }), host: 'shop.example:8080' })
    expect(theirs()).toEqual({ host: 'shop.example:8080', path: '/page?a=1', headers })
  })

  test('for a picture crosses with its path and what caches say to each other', async () => {
    await overHttp(anAsk('/cat.jpg', { ...headers, 'halftone-host': 'shop.example', 'request-id': 'one' }))
    expect(theirs()).toEqual({ path: '/cat.jpg', headers: { 'request-id': 'one' } })
  })

  test('by HEAD is one at the next tier too, and is answered with the length alone', async () => {
    const answer = await overHttp({ ...anAsk('/page'), method: 'HEAD', host: 'shop.example' })
    expect(theirs()).toEqual({ method: 'HEAD', host: 'shop.example', path: '/page', headers: {} })
    expect([answer.headers['content-length'], answer.body.length]).toEqual(['5', 0])
  })

  test.each(['', 'a b', 'a/b', 'user@a', 'a:x', 'SHOP.example', '[::1', 'a:1:2'])(
    'to the host %j is refused',
    async (host) => {
      const headers = { 'halftone-secret': secret, 'halftone-host': host }
      const { statusCode, body } = await request(`${url}/page`, { headers })
      expect([statusCode, await body.json()]).toEqual([
        400,
        expect.objectContaining({ detail: 'The host of the site is not valid.' }),
      ])
    },
  )
})

describe('an answer', () => {
  test('keeps its Set-Cookie lines apart, as a function and over HTTP', async () => {
    const ask = { ...anAsk('/page'), host: 'shop.example' }
    const [near, far] = [requireHeld(await site(ask)), requireHeld(await overHttp(ask))]
    expect(far).toEqual(near)
    expect(far.setCookie).toEqual(cookies)
  })

  test('on the wire has one line for each cookie', async () => {
    const answer = await request(`${url}/page`, { headers: { 'halftone-secret': secret } })
    await answer.body.dump()
    expect(answer.headers['set-cookie']).toEqual(cookies)
  })

  test.each([
    [
      'link',
      ['</a.css>; rel=preload', '</b.js>; rel=preload'],
      '</a.css>; rel=preload, </b.js>; rel=preload',
    ],
    ['www-authenticate', ['Basic realm="a"', 'Bearer'], 'Basic realm="a", Bearer'],
    ['vary', ['Accept', 'Cookie'], 'Accept, Cookie'],
    ['cache-control', ['max-age=60', 'public'], 'max-age=60, public'],
  ])('of a server that says %s in several lines has them joined', async (name, lines, joined) => {
    const server = createServer((_, response) => response.setHeader(name, lines).end())
    const far = open.keep(createRemoteTier(await listening(server), limits))
    expect((await far(anAsk('/'))).headers[name]).toBe(joined)
    server.close()
  })
})

async function listening(server: Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}
