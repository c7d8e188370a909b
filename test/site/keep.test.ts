// What a site's answer leaves in the store, by section of RFC 9111.
import { describe, expect, test } from 'vitest'
import { headersOf, type SiteEntry } from '../../site/cache/entry.ts'
import { confirms, describesSame, freshened, keep, updatedLines } from '../../site/cache/keep.ts'

const receivedAt = Date.parse('2026-05-01T12:00:00Z')
const hourAgo = 'Fri, 01 May 2026 11:00:00 GMT'

type Case = [
  section: string,
  lines: string[],
  expected: string | number,
  asked?: Record<string, string>,
  status?: number,
]

/** Seconds of freshness, or why it is not kept. */
function outcome(lines: string[], asked: Record<string, string> = {}, status = 200): string | number {
  const kept = keep({ status, statusText: '', lines, receivedAt, epoch: 0, asked })
  return 'why' in kept ? kept.why : (kept.head.freshUntil - receivedAt) / 1000
}

describe('is stored for', () => {
  test.each<Case>([
    ['3: explicit freshness', ['Cache-Control', 'max-age=60'], 60],
    ['3: several lines are one list', ['Cache-Control', 'public', 'Cache-Control', 'max-age=60'], 60],
    ['3: any status that states a lifetime', ['Cache-Control', 'max-age=60'], 60, {}, 599],
    [
      '3.3: a part lives as the whole',
      ['Cache-Control', 'max-age=60', 'Content-Range', 'bytes 0-4/9'],
      60,
      {},
      206,
    ],
    ['3.3: a part that does not say which', ['Cache-Control', 'max-age=60'], 'bad-range', {}, 206],
    ['3.5: credentials', ['Cache-Control', 'max-age=60'], 'authorization', { authorization: 'Basic eA==' }],
    ['3.5: public beside them', ['Cache-Control', 'public, max-age=60'], 60, { authorization: 'Basic eA==' }],
    ['3.5: s-maxage beside them', ['Cache-Control', 's-maxage=60'], 60, { authorization: 'Basic eA==' }],
    ['4.1: Vary of anything', ['Cache-Control', 'max-age=60', 'Vary', 'Accept', 'Vary', '*'], 'vary-any'],
    ['4.2.1: s-maxage before max-age', ['Cache-Control', 'max-age=60, s-maxage=10'], 10],
    ['4.2.1: Expires less Date', ['Date', hourAgo, 'Expires', 'Fri, 01 May 2026 12:30:00 GMT'], 1800],
    ['4.2.2: a tenth of the time unchanged', ['Last-Modified', hourAgo], 360],
    ['4.2.2: a day at most', ['Last-Modified', 'Tue, 01 May 2001 11:00:00 GMT'], 86_400],
    ['4.2.2: not for the owner of a cookie', ['Last-Modified', hourAgo], 'cookie', { cookie: 'a=1' }],
    ['4.2.2: not with a cookie', ['Last-Modified', hourAgo, 'Set-Cookie', 'a=1'], 'cookie'],
    ['4.2.2: a 404 as well (9110 15.1)', ['Last-Modified', hourAgo], 360, {}, 404],
    ['4.2.2: no 403 (9110 15.1)', ['Last-Modified', hourAgo], 'no-explicit-freshness', {}, 403],
    ['4.2.2: nothing is known', ['Content-Type', 'text/html'], 'no-explicit-freshness'],
    ['4.2.3: Age counts', ['Cache-Control', 'max-age=60', 'Age', '20'], 40],
    ['4.2.3: an old Date counts', ['Cache-Control', 'max-age=7200', 'Date', hourAgo], 3600],
    [
      '5.2.1.5: the request says no-store',
      ['Cache-Control', 'max-age=60'],
      'no-store',
      { 'cache-control': 'no-store' },
    ],
    ['5.2.2.4: no-cache, to be asked about', ['Cache-Control', 'no-cache', 'ETag', '"a"'], 0],
    ['5.2.2.4: no-cache without anything to ask with', ['Cache-Control', 'no-cache'], 'useless'],
    ['5.2.2.5: no-store', ['Cache-Control', 'max-age=60, no-store'], 'no-store'],
    ['5.2.2.7: private', ['Cache-Control', 'max-age=60, private'], 'private'],
    [
      '9213 2.2: the targeted field alone',
      ['CDN-Cache-Control', 'max-age=9', 'Cache-Control', 'no-store'],
      9,
    ],
  ])('%s', (_, lines, expected, asked, status) => {
    expect(outcome(lines, asked, status)).toBe(expected)
  })
})

describe('what is stored of the headers (3.1)', () => {
  const kept = keep({
    ...{ status: 200, statusText: 'OK', receivedAt, epoch: 7, asked: {} },
    lines: [
      ...['Cache-Control', 'max-age=60', 'X-One', 'a', 'X-One', 'b', 'Set-Cookie', 'a=1', 'Age', '5'],
      ...['Connection', 'X-Hop, close', 'X-Hop', 'h', 'Keep-Alive', '5', 'Transfer-Encoding', 'chunked'],
      ...['Proxy-Authentication-Info', 'p', 'Server-Timing', 'x'],
    ],
  })
  const lines = 'head' in kept ? kept.head.lines : []

  test('lines as they came, without those of the connection, the exchange and the one reader', () => {
    expect(lines).toEqual([
      ...['Cache-Control', 'max-age=60', 'X-One', 'a', 'X-One', 'b'],
      ...['Date', 'Fri, 01 May 2026 12:00:00 GMT'],
    ])
  })
})

const entry = {
  ...{
    key: 'k',
    id: 'v',
    epoch: 0,
    status: 200,
    statusText: 'OK',
    total: 3,
    body: Buffer.from('abc'),
    parts: [],
  },
  ...{ storedAt: 0, ageOnArrival: 0, freshUntil: 0, staleWhileRevalidateUntil: 0, staleIfErrorUntil: 0 },
  ...{ mustRevalidate: false, hasStaleIfError: false },
  lines: ['ETag', '"a"', 'Content-Length', '3', 'Content-Type', 'text/css', 'X-One', '1', 'Date', hourAgo],
  headers: { etag: '"a"', 'last-modified': hourAgo },
} as unknown as SiteEntry

describe('what a later answer changes (3.2, 4.3.4, 4.3.5)', () => {
  test('fields that it has take the place of the stored, all lines of them; those of the body do not', () => {
    const later = ['X-One', '2', 'X-One', '3', 'Content-Length', '9', 'Content-Type', 'text/plain']
    expect(headersOf(updatedLines(entry.lines, later))).toEqual({
      etag: '"a"',
      'content-length': '3',
      'content-type': 'text/css',
      'x-one': '2, 3',
    })
  })

  test('it lives on with the new lifetime', () => {
    const arrival = { status: 304, statusText: '', receivedAt, epoch: 1, asked: {} }
    const kept = freshened(entry, { ...arrival, lines: ['Cache-Control', 'max-age=60'] })
    expect('head' in kept && [kept.head.status, kept.head.freshUntil - receivedAt]).toEqual([200, 60_000])
  })

  test.each<[string, Record<string, string>, boolean]>([
    ['says nothing of a version', {}, true],
    ['has the same tag', { etag: '"a"' }, true],
    ['has it as a weak one', { etag: 'W/"a"' }, true],
    ['has another', { etag: '"b"' }, false],
    ['has another date', { 'last-modified': 'Fri, 01 May 2026 11:30:00 GMT' }, false],
  ])('a 304 that %s', (_, later, expected) => {
    expect(confirms(later, entry.headers)).toBe(expected)
  })

  test.each<[string, Record<string, string>, boolean]>([
    ['says nothing', {}, true],
    ['has the same length', { 'content-length': '3' }, true],
    ['has another length', { 'content-length': '4' }, false],
    ['has another tag', { etag: '"b"' }, false],
  ])('an answer to HEAD that %s', (_, later, expected) => {
    expect(describesSame(later, entry)).toBe(expected)
  })
})
