// Which requests of sites are answered by the fast path, and that its answers are those of the other one.
import { once } from 'node:events'
import { connect } from 'node:net'
import { afterEach, expect, test } from 'vitest'
import { type Asked, aSite, type SiteStack } from './stack.ts'

let site: SiteStack
afterEach(() => site.close())

/** The order and the spelling of names say nothing. */
const told = ({ status, rawHeaders, body }: Awaited<ReturnType<SiteStack['ask']>>) => ({
  ...{ status, body: String(body) },
  lines: rawHeaders.map((text, at) => (at % 2 === 0 ? text.toLowerCase() : text)).sort(),
})

async function aStoredPage(headers: Record<string, string> = {}): Promise<void> {
  site.origin.answer = (req, res) => {
    const body = `page for ${req.headers['accept-language']} by ${req.headers['x-forwarded-proto']}`
    const own = { 'cache-control': 'max-age=60', etag: '"a"', 'content-length': body.length }
    res.writeHead(200, { ...own, ...headers }).end(body)
  }
}

test('a plain request for what is in memory is answered by it, as it would be by the other', async () => {
  site = await aSite()
  await aStoredPage({ via: '1.0 inner', vary: 'Accept-Language' })
  const german = { headers: { 'accept-language': 'de, en;q=0.5' } }
  await site.ask(german)
  await site.ask({ headers: { 'accept-language': 'fr' } })
  site.pass(7)
  expect(site.hits()).toBe(0)
  const fast = await site.ask({ headers: { 'accept-language': 'en; q=0.5,de' } })
  expect([site.hits(), String(fast.body)]).toEqual([1, 'page for de, en;q=0.5 by http'])
  // A wish that changes nothing is for the other.
  const slow = await site.ask({ headers: { ...german.headers, 'cache-control': 'max-age=60' } })
  expect([site.hits(), told(slow)]).toEqual([1, told(fast)])
  const head = await site.ask({ ...german, method: 'HEAD' })
  expect([site.hits(), head.headers['content-length'], String(head.body)]).toEqual([
    ...[2, String(fast.body.length), ''],
  ])
})

test.each<[string, Asked, number?]>([
  ['for a part', { headers: { range: 'bytes=0-3' } }, 206],
  ['with a condition', { headers: { 'if-none-match': '"a"' } }, 304],
  ['with a wish', { headers: { 'cache-control': 'max-age=1' } }],
  ['with an old wish', { headers: { pragma: 'no-cache' } }],
  ['with a body', { headers: { 'content-length': '1' }, body: 'x' }],
  ['with another method', { method: 'OPTIONS' }],
  ['for another address', { path: '/?other' }],
])('a request %s is not', async (_, asked, status = 200) => {
  site = await aSite()
  await aStoredPage()
  await site.ask()
  const answer = await site.ask(asked)
  expect([answer.status, site.hits()]).toEqual([status, 0])
})

test('nor is one for what is stale, or was purged', async () => {
  site = await aSite()
  await aStoredPage()
  await site.ask()
  site.pass(61)
  await site.ask()
  site.pass(1)
  await site.purge({ target: { kind: 'address', value: '//shop.test/' }, isSoft: false })
  expect([(await site.ask()).did, site.hits()]).toEqual(['fwd=uri-miss', 0])
})

test('what a proxy of ours asks by https is another address, and is answered as fast; a stranger’s word is none', async () => {
  const secure = { headers: { 'x-forwarded-proto': 'https' } }
  for (const isBehindProxy of [true, false]) {
    site = await aSite({ isBehindProxy })
    await aStoredPage()
    await site.ask()
    const bodies = [await site.ask(secure), await site.ask(secure)].map(({ body }) => String(body))
    const by = isBehindProxy ? 'https' : 'http'
    expect([bodies, site.hits()]).toEqual([
      [`page for undefined by ${by}`, `page for undefined by ${by}`],
      isBehindProxy ? 1 : 2,
    ])
    if (isBehindProxy) await site.close()
  }
})

/** On a connection that stays. */
async function exchange(...fields: string[]): Promise<{ readonly lines: string[]; readonly body: string }> {
  const socket = connect(site.port, '127.0.0.1')
  socket.write(`GET / HTTP/1.1\r\n${['Host: shop.test', ...fields, '', ''].join('\r\n')}`)
  let text = ''
  for (;;) {
    text += String((await once(socket, 'data'))[0])
    const [head = '', body] = text.split('\r\n\r\n')
    if (body?.length !== Number(/content-length: (\d+)/i.exec(head)?.[1])) continue
    socket.destroy()
    return {
      lines: head
        .split('\r\n')
        .map((line) => line.replace(/^[\w-]+:/, (name) => name.toLowerCase()))
        .sort(),
      body,
    }
  }
}

test('on a connection that stays it needs no HTTP server, and nothing of its answer is other', async () => {
  site = await aSite()
  await aStoredPage({ vary: 'Accept-Language', 'x-odd': 'caf\u00e9' })
  const german = 'Accept-Language: de'
  await site.ask({ headers: { 'accept-language': 'de' } })
  const atSocket = await exchange(german)
  expect([site.atSocket(), site.hits(), atSocket.body]).toEqual([1, 1, 'page for de by http'])
  expect(await exchange(german, 'X-Any: thing')).toEqual(atSocket)
  expect([site.atSocket(), site.hits()]).toEqual([1, 2])
})

test.each([['Accept-Language: fr'], ['Accept-Language: de', 'Cache-Control: no-cache']])(
  'there %s is for the HTTP server',
  async (...fields) => {
    site = await aSite()
    await aStoredPage({ vary: 'Accept-Language' })
    await site.ask({ headers: { 'accept-language': 'de' } })
    await exchange(...fields)
    expect(site.atSocket()).toBe(0)
  },
)
