import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { answerTo, evaluate, type RequestHeaders, type Verdict } from '../../http/conditional.ts'
import type { HeldAnswer } from '../../tier.ts'

const modified = 'Sun, 01 Mar 2026 10:00:00 GMT'
const later = 'Sun, 01 Mar 2026 11:00:00 GMT'
const earlier = 'Sun, 01 Mar 2026 09:00:00 GMT'

const picture: HeldAnswer = {
  status: 200,
  headers: {
    etag: '"cat"',
    'last-modified': modified,
    date: later,
    'content-type': 'image/webp',
    'content-length': '10',
    'cache-control': 'max-age=60',
    'cdn-cache-control': 'max-age=600',
    vary: 'accept',
    age: '3',
    'cache-status': 'halftone-shield; hit; ttl=57',
  },
  body: Buffer.from('0123456789'),
}

const whole: Verdict = { kind: 'whole' }
const notModified: Verdict = { kind: 'not-modified' }
const unsatisfiable: Verdict = { kind: 'range-not-satisfiable' }
const part = (start: number, end: number): Verdict => ({ kind: 'partial', start, end })

type Row = [about: string, request: RequestHeaders, verdict: Verdict]

describe('RFC 9110 13: conditions', () => {
  test.each<Row>([
    ['none', {}, whole],
    ['13.1.2: the same tag', { 'if-none-match': '"cat"' }, notModified],
    ['13.1.2: compared weakly', { 'if-none-match': 'W/"cat"' }, notModified],
    ['13.1.2: one of a list', { 'if-none-match': '"dog", W/"cat,s", "cat"' }, notModified],
    ['13.1.2: any', { 'if-none-match': '*' }, notModified],
    ['13.1.2: another tag', { 'if-none-match': '"dog"' }, whole],
    ['a tag inside a tag is another tag', { 'if-none-match': '"a cat"' }, whole],
    ['a tag without quotes is none', { 'if-none-match': 'cat' }, whole],
    ['13.1.3: not modified since', { 'if-modified-since': modified }, notModified],
    ['13.1.3: modified since', { 'if-modified-since': earlier }, whole],
    ['13.1.3: not a date', { 'if-modified-since': 'yesterday' }, whole],
    ['13.1.3: ignored beside If-None-Match', { 'if-none-match': '"dog"', 'if-modified-since': later }, whole],
    ['RFC 9111 4.3.2: If-Match is for the origin', { 'if-match': '"dog"' }, whole],
    ['13.2.2: conditions come before ranges', { 'if-none-match': '"cat"', range: 'bytes=0-1' }, notModified],
  ])('%s', (_, request, verdict) => expect(evaluate(picture, request)).toEqual(verdict))

  test.each([404, 301, 502])('13.2.1: not for a %i', (status) => {
    expect(evaluate({ ...picture, status }, { 'if-none-match': '"cat"', range: 'bytes=0-1' })).toEqual(whole)
  })
})

describe('RFC 9110 14: ranges', () => {
  test.each<Row>([
    ['14.1.2: first and last', { range: 'bytes=2-4' }, part(2, 4)],
    ['14.1.2: to the end', { range: 'bytes=7-' }, part(7, 9)],
    ['14.1.2: the last three', { range: 'bytes=-3' }, part(7, 9)],
    ['14.1.2: more than there is', { range: 'bytes=5-99999999999999999999' }, part(5, 9)],
    ['14.1.2: a suffix longer than the whole', { range: 'bytes=-99' }, part(0, 9)],
    ['14.1: units without regard to case', { range: 'Bytes=0-0' }, part(0, 0)],
    ['15.5.17: beyond the end', { range: 'bytes=10-' }, unsatisfiable],
    ['15.5.17: the last none', { range: 'bytes=-0' }, unsatisfiable],
    ['14.1.1: last before first is not a range', { range: 'bytes=4-2' }, whole],
    ['14.2: several at once get the whole', { range: 'bytes=0-1,3-4' }, whole],
    ['14.2: another unit gets the whole', { range: 'pages=1-2' }, whole],
    ['nonsense gets the whole', { range: 'bytes=-' }, whole],
    ['13.1.5: If-Range with the same strong tag', { range: 'bytes=0-1', 'if-range': '"cat"' }, part(0, 1)],
    ['13.1.5: never with a weak one', { range: 'bytes=0-1', 'if-range': 'W/"cat"' }, whole],
    ['13.1.5: with another tag', { range: 'bytes=0-1', 'if-range': '"dog"' }, whole],
    ['13.1.5: with the very date', { range: 'bytes=0-1', 'if-range': modified }, part(0, 1)],
    ['13.1.5: with a later date', { range: 'bytes=0-1', 'if-range': later }, whole],
  ])('%s', (_, request, verdict) => expect(evaluate(picture, request)).toEqual(verdict))

  test('8.8.2.2: a date is weak when the picture was sent in the second it was changed', () => {
    const hasty = { ...picture, headers: { ...picture.headers, date: modified } }
    expect(evaluate(hasty, { range: 'bytes=0-1', 'if-range': modified })).toEqual(whole)
  })
})

describe('answers', () => {
  test('the whole is the picture itself', () => expect(answerTo(picture, {})).toBe(picture))

  test('RFC 9110 15.4.5: a 304 repeats what caches need and says nothing of the body', () => {
    const { status, headers, body } = answerTo(picture, { 'if-none-match': '"cat"' })
    expect(status).toBe(304)
    expect(body.length).toBe(0)
    expect(Object.keys(headers).sort()).toEqual(
      ['age', 'cache-control', 'cache-status', 'cdn-cache-control', 'date', 'etag', 'vary'].sort(),
    )
  })

  test('RFC 9110 15.3.7: a 206 is a view of the picture', () => {
    const { status, headers, body } = answerTo(picture, { range: 'bytes=2-4' })
    expect([status, body.toString()]).toEqual([206, '234'])
    expect(headers).toMatchObject({ 'content-range': 'bytes 2-4/10', 'content-length': '3', etag: '"cat"' })
    expect(body.buffer).toBe(picture.body.buffer)
  })

  test('RFC 9110 15.5.17: a 416 says how long the picture is', () => {
    const { status, headers, body } = answerTo(picture, { range: 'bytes=99-' })
    expect([status, body.length]).toEqual([416, 0])
    expect(headers).toMatchObject({ 'content-range': 'bytes */10', 'content-length': '0' })
    expect(headers).not.toHaveProperty('cache-control')
  })
})

test('parts put together are the picture', () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 2, maxLength: 100 }), fc.nat(98), (bytes, at) => {
      const cut = Math.min(at, bytes.length - 2)
      const whole = { ...picture, body: Buffer.from(bytes) }
      const parts = [`bytes=0-${cut}`, `bytes=${cut + 1}-`].map((range) => answerTo(whole, { range }).body)
      expect(Buffer.concat(parts)).toEqual(whole.body)
    }),
  )
})
