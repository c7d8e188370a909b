import { describe, expect, test } from 'vitest'
import { invalidated } from '../../http/invalidation.ts'
import type { Headers } from '../../tier.ts'

const page = 'https://shop.example/cart?id=1'
const changedBy = (method: string, status: number, headers: Headers = {}, url = page): string[] =>
  invalidated({ method, url: new URL(url), answer: { status, headers } }).map(({ href }) => href)

describe('what is out of date after a request (RFC 9111 4.4)', () => {
  test.each(['GET', 'HEAD', 'OPTIONS', 'TRACE'])('%s changes nothing', (method) => {
    expect(changedBy(method, 200, { location: '/other' })).toEqual([])
  })

  test.each(['POST', 'PUT', 'DELETE', 'PATCH', 'M-SEARCH'])('%s: what was asked', (method) => {
    expect(changedBy(method, 200)).toEqual([page])
  })

  test.each([200, 201, 204, 301, 303])('answered with %i', (status) =>
    expect(changedBy('POST', status)).toEqual([page]),
  )
  test.each([100, 400, 404, 409, 500, 503])('not if answered with %i', (status) =>
    expect(changedBy('POST', status)).toEqual([]),
  )

  test.each<[string, Headers, readonly string[]]>([
    ['Location', { location: '/orders/7#top' }, ['https://shop.example/orders/7']],
    ['Content-Location', { 'content-location': 'list' }, ['https://shop.example/list']],
    [
      'both',
      { location: 'https://SHOP.example:443/a', 'content-location': '/b' },
      ['https://shop.example/a', 'https://shop.example/b'],
    ],
    ['the same once', { location: '/cart?id=1', 'content-location': page }, []],
    ['not of another host', { location: 'https://other.example/' }, []],
    ['not of another scheme', { location: 'http://shop.example/' }, []],
    ['not of another port', { 'content-location': 'https://shop.example:8443/' }, []],
    ['not what is no address', { location: 'http://[', 'content-location': 'https://' }, []],
  ])('named by the answer: %s', (_, headers, more) => {
    expect(changedBy('POST', 201, headers)).toEqual([page, ...more])
  })
})
