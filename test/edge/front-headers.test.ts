// What an nginx in front is told: how long it may keep an answer, by the tiers' own directives.
import { describe, expect, test } from 'vitest'
import { tellNginx, tellNobody } from '../../edge/front-headers.ts'

const told = (headers: Record<string, string>, freshUntil?: number) => tellNginx(headers, headers, freshUntil)
const shared = 'max-age=600, stale-while-revalidate=60, stale-if-error=3600'

describe('an answer and its lifetime in nginx', () => {
  test.each([
    [
      'the lifetime for tiers counts',
      { 'cache-control': 'public, max-age=60', 'cdn-cache-control': shared },
      '600',
    ],
    [
      'its age is part of it',
      { 'cache-control': 'public, max-age=60', 'cdn-cache-control': shared, age: '100' },
      '500',
    ],
    [
      'what is stale is not kept',
      { 'cache-control': 'public, max-age=60', 'cdn-cache-control': shared, age: '700' },
      '0',
    ],
    ['without a word for tiers Cache-Control counts', { 'cache-control': 'public, max-age=30' }, '30'],
    ['without any word nothing is kept', {}, '0'],
    ['tiers may be forbidden', { 'cache-control': 'max-age=60', 'cdn-cache-control': 'no-store' }, '0'],
    ['with an age that is no number nothing is kept', { 'cache-control': 'max-age=60', age: 'old' }, '0'],
  ])('%s', (_, headers, seconds) => {
    expect(told(headers as Record<string, string>)['x-accel-expires']).toBe(seconds)
  })

  test.each(['private, max-age=600', 'no-store', 'private, no-cache', 'no-cache'])(
    '%s is left to nginx',
    (value) => {
      expect(told({ 'cache-control': value, 'cdn-cache-control': shared })).toEqual({
        'cache-control': value,
        'cdn-cache-control': shared,
      })
    },
  )

  test('of an entry in memory the moment is told, which holds however often it is sent', () => {
    expect(told({ 'cache-control': 'max-age=60', age: '12' }, 1_800_000_000_999)['x-accel-expires']).toBe(
      '@1800000000',
    )
  })
})

describe('the window for failures', () => {
  test('is told in Cache-Control, where nginx reads it', () => {
    const { 'cache-control': value } = told({
      'cache-control': 'public, max-age=60',
      'cdn-cache-control': shared,
    })
    expect(value).toBe('public, max-age=60, stale-if-error=3600')
  })

  test("is the source's own where that says it", () => {
    const own = 'max-age=60, stale-if-error=5'
    expect(told({ 'cache-control': own, 'cdn-cache-control': shared })['cache-control']).toBe(own)
  })

  test('is not opened against the source', () => {
    const closed = { 'cache-control': 'max-age=60', 'cdn-cache-control': `${shared}, must-revalidate` }
    expect(told(closed)['cache-control']).toBe('max-age=60')
  })

  test('comes before the lifetime, because nginx reads in this order', () => {
    expect(Object.keys(told({ 'cache-control': 'max-age=60', etag: 'x' }))).toEqual([
      'etag',
      'cache-control',
      'x-accel-expires',
    ])
  })
})

test('nobody else is told', () => {
  const headers = { 'cache-control': 'max-age=60' }
  expect(tellNobody(headers, headers)).toBe(headers)
})
