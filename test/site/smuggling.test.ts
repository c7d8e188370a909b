// Requests of which two readers might make two different things: whatever the front makes of one, the origin never hears
// a request that the front did not see (RFC 9112 11.2).
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { said } from '../wire/raw.ts'
import { aSite, type SiteStack } from './stack.ts'

let site: SiteStack
beforeAll(async () => {
  site = await aSite()
  // The body is read to its end, so that what stands behind it would be heard as the next request.
  site.origin.answer = (req, res) => {
    req.resume()
    req.on('end', () => res.end('heard'))
    req.on('error', () => res.destroy())
  }
})
afterAll(() => site.close())
beforeEach(() => {
  site.origin.seen.length = 0
})

const hidden = 'GET /hidden HTTP/1.1\r\nHost: shop.test\r\n\r\n'
const end = '0\r\n\r\n'
const host = 'Host: shop.test\r\nConnection: close\r\n'
const post = (lines: string, body: string): string => `POST /seen HTTP/1.1\r\n${host}${lines}\r\n${body}`
const get = (lines: string, body = ''): string => `GET /seen HTTP/1.1\r\n${host}${lines}\r\n${body}`
const length = `Content-Length: ${hidden.length + end.length}\r\n`

/** Spellings of a coding that some readers take for chunked, and some do not. */
const codings = [
  ...['xchunked', 'chunked, identity', 'identity, chunked', 'identity', 'gzip, chunked', 'chunked, chunked'],
  ...[
    '"chunked"',
    'chunked;q=1',
    'chunk',
    'chunked\x0b',
    '\x0bchunked',
    '\x00chunked',
    'chunked\x00',
    ',chunked',
  ],
  ...['chunked,', 'x, chunked', 'deflate', 'cow', 'chunked\x85', '\xa0chunked'],
]

/** Spellings of a length that some readers take for another. */
const lengths = [
  ...[
    '+5',
    '-5',
    '5 5',
    '5, 5',
    '5,6',
    '0x5',
    '5\x0b',
    '5.0',
    '5e0',
    '\xa05',
    '5\x00',
    "5'",
    '99999999999999999999',
  ],
  ...['', ' ', '0 5', '0,5', '00000000000000000000005x'],
]

/** Lines that are none, or whose name or end is another one to other readers. */
const lines: readonly (readonly [string, string])[] = [
  ['a blank before the colon of a length', `Content-Length : ${hidden.length}\r\n`],
  ['a blank before the colon of a coding', 'Transfer-Encoding : chunked\r\n'],
  ['a tab before the colon of a coding', 'Transfer-Encoding\t: chunked\r\n'],
  ['a NUL in the name of a coding', 'Transfer\0-Encoding: chunked\r\n'],
  ['a line that goes on (obs-fold)', 'X: a\r\n Transfer-Encoding: chunked\r\n'],
  ['a coding on a line of its own', 'Transfer-Encoding:\r\n chunked\r\n'],
  ['a bare CR before a coding', 'X: a\rTransfer-Encoding: chunked\r\n'],
  ['a bare LF before a coding', 'X: a\nTransfer-Encoding: chunked\r\n'],
  ['a line without a colon', 'Transfer-Encoding chunked\r\n'],
  ['a line that begins with a colon', ': x\r\n'],
  ['two lengths', `Content-Length: 0\r\n${length}`],
  ['two equal lengths', `${length}${length}`],
  ['two codings', 'Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n'],
  ['two hosts', 'Host: other.test\r\n'],
]

const bad = [400, 501]
const probes: readonly (readonly [string, string, readonly number[]])[] = [
  ...codings.map(
    (coding) =>
      [
        `the coding ${JSON.stringify(coding)}`,
        post(`Transfer-Encoding: ${coding}\r\n`, end + hidden),
        bad,
      ] as const,
  ),
  ...codings.map(
    (coding) =>
      [
        `the coding ${JSON.stringify(coding)} and a length`,
        post(`${length}Transfer-Encoding: ${coding}\r\n`, end + hidden),
        bad,
      ] as const,
  ),
  ...lengths.map(
    (value) =>
      [
        `the length ${JSON.stringify(value)}`,
        post(`Content-Length: ${value}\r\n`, `xxxxx${hidden}`),
        bad,
      ] as const,
  ),
  ...lines.map(([name, line]) => [name, post(line, end + hidden), bad] as const),
  ['a length and a coding', post(`${length}Transfer-Encoding: chunked\r\n`, end + hidden), bad],
  ['a coding and a length', post(`Transfer-Encoding: chunked\r\n${length}`, end + hidden), bad],
  ['a GET with a length and a coding', get(`${length}Transfer-Encoding: chunked\r\n`, end + hidden), bad],
  ['a chunk size below zero', post('Transfer-Encoding: chunked\r\n', `-1\r\n${hidden}`), [...bad, 502]],
  [
    'a chunk size with a prefix',
    post('Transfer-Encoding: chunked\r\n', `0x5\r\nxxxxx\r\n${end}${hidden}`),
    [...bad, 502],
  ],
  [
    'a chunk size too large to count',
    post('Transfer-Encoding: chunked\r\n', `fffffffffffffffff\r\n${hidden}`),
    [...bad, 502],
  ],
  [
    'a chunk that is longer than it says',
    post('Transfer-Encoding: chunked\r\n', `1\r\nxx\r\n${end}${hidden}`),
    [...bad, 502],
  ],
  [
    'a chunk whose line ends in LF',
    post('Transfer-Encoding: chunked\r\n', `1\nx\n${end}${hidden}`),
    [...bad, 502],
  ],
  [
    'HTTP/1.0 with a coding',
    `POST /seen HTTP/1.0\r\n${host}Transfer-Encoding: chunked\r\n\r\n${end}${hidden}`,
    [200, 400, 501],
  ],
  ['HTTP/0.9', `GET /seen\r\n${hidden}`, bad],
  ['a version of two', `GET /seen HTTP/2.0\r\n${host}\r\n${hidden}`, [400, 505]],
  ['a target with a line break', `GET /seen\r\nX: y HTTP/1.1\r\n${host}\r\n`, bad],
  ['a target with a blank', `GET /seen /hidden HTTP/1.1\r\n${host}\r\n`, bad],
]

test('there are enough of them', () => {
  expect(probes.length).toBeGreaterThanOrEqual(60)
})

describe('the origin hears nothing that was hidden in', () => {
  test.each(probes)('%s', async (_, request, statuses) => {
    const answers = await said(site.port, request)
    expect(site.origin.seen.map(({ url }) => url)).not.toContain('/hidden')
    // What stands behind it on the connection is refused, if it is answered at all.
    expect(answers.slice(1).filter(({ status }) => status !== 400)).toEqual([])
    if (answers[0]) expect(statuses).toContain(answers[0].status)
  })

  test('a body of a right length: it is a body', async () => {
    const [answer] = await said(site.port, post(length, end + hidden))
    expect([answer?.status, site.origin.seen.map(({ url }) => url)]).toEqual([200, ['/seen']])
  })

  test('what Connection names: framing, host and credentials stay', async () => {
    const lines =
      'Connection: close, Content-Length, Host, Authorization, X-Own\r\nAuthorization: a\r\nX-Own: b\r\n'
    await said(site.port, `POST /seen HTTP/1.1\r\nHost: shop.test\r\n${lines}Content-Length: 4\r\n\r\nbody`)
    const { headers } = site.origin.seen[0] as (typeof site.origin.seen)[0]
    expect([headers.host, headers['content-length'], headers.authorization, headers['x-own']]).toEqual([
      ...['shop.test', '4', 'a', undefined],
    ])
  })
})
