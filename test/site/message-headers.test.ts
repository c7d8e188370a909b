// What a proxy adds to messages, and what it takes away (RFC 9110 7.6, RFC 7239).
import { describe, expect, test } from 'vitest'
import {
  answerLines,
  type ClientSide,
  fieldIn,
  isLoop,
  type Lines,
  requestLines,
} from '../../site/message-headers.ts'

const stranger: ClientSide = { address: '203.0.113.9', scheme: 'http', host: 'shop.test', isTrusted: false }
const ours: ClientSide = { ...stranger, isTrusted: true }
const said = [
  ...['Forwarded', 'for=192.0.2.1;proto=https', 'X-Forwarded-For', '192.0.2.1'],
  ...['X-Forwarded-Host', 'www.shop.test', 'X-Forwarded-Proto', 'https'],
]
const names = ['forwarded', 'x-forwarded-for', 'x-forwarded-host', 'x-forwarded-proto']

describe('who asks', () => {
  const told = (lines: Lines, client: ClientSide) => {
    const sent = requestLines(lines, client, client.host)
    return names.map((name) => fieldIn(sent, name))
  }
  const hop = 'for=203.0.113.9;host="shop.test";proto=http'

  test.each<[string, ClientSide, Lines, string[]]>([
    ['is whoever holds the connection', stranger, [], [hop, '203.0.113.9', 'shop.test', 'http']],
    ['is not what a stranger says', stranger, said, [hop, '203.0.113.9', 'shop.test', 'http']],
    [
      'is what a trusted proxy says, and that proxy',
      ...([ours, said] as const),
      [`for=192.0.2.1;proto=https, ${hop}`, '192.0.2.1, 203.0.113.9', 'www.shop.test', 'https'],
    ],
    [
      'may have an address of IPv6, which is quoted in one of them (RFC 7239 6)',
      { ...stranger, address: '2001:db8::7' },
      [],
      ['for="[2001:db8::7]";host="shop.test";proto=http', '2001:db8::7', 'shop.test', 'http'],
    ],
  ])('%s', (_, client, lines, expected) => {
    expect(told(lines, client)).toEqual(expected)
  })
})

describe('a request', () => {
  const passed = (...lines: string[]) => requestLines(lines, stranger, 'inner.test')

  test('is for the host that its server expects, and leaves what is for this connection alone', () => {
    const lines = passed(
      'Host',
      'shop.test',
      'Connection',
      'X-Hop',
      'X-Hop',
      '1',
      'TE',
      'gzip',
      'X-Own',
      'yes',
    )
    expect(lines.slice(0, 4)).toEqual(['Host', 'inner.test', 'X-Own', 'yes'])
    expect(['te', 'connection', 'x-hop'].map((name) => fieldIn(lines, name))).toEqual([
      undefined,
      undefined,
      undefined,
    ])
  })

  test('may want trailers, which are passed on', () => {
    expect(fieldIn(passed('TE', 'gzip;q=0.5, trailers'), 'te')).toBe('trailers')
  })

  test('says by whom it came, in one field', () => {
    expect(fieldIn(passed('Via', '2 one', 'Via', '1.1 two'), 'via')).toBe('2 one, 1.1 two, 1.1 halftone')
  })

  test('that went round and round is known by that', () => {
    const came = (times: number) => ['Via', Array(times).fill('1.1 halftone').join(', ')]
    expect([isLoop(came(4)), isLoop(came(5)), isLoop(['Via', '1.1 halftone-like'])]).toEqual([
      ...[false, true, false],
    ])
  })
})

test('an answer says by whom it came, and nothing of the connection to its server', () => {
  const lines = [
    'Via',
    '1.0 inner',
    'Connection',
    'close, X-Hop',
    'X-Hop',
    '1',
    'Keep-Alive',
    'timeout=5',
    'ETag',
    '"a"',
  ]
  expect(answerLines(lines)).toEqual(['ETag', '"a"', 'Via', '1.0 inner, 1.1 halftone'])
})
