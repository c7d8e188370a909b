// How long a first answer may be kept, and what an ask for it makes of it. Pure.
import { describe, expect, test } from 'vitest'
import { assumedFor } from '../../origin/caching.ts'
import { candidateIn, hastyHeaders, hastyMark, mayImprove } from '../../origin/hasty.ts'
import type { ObtainedResult } from '../../origin/result.ts'
import type { Headers } from '../../tier.ts'
import { exact, parse } from '../../transforms/index.ts'

const bounds = {
  browserSeconds: 3600,
  cdnSeconds: 86_400,
  staleWhileRevalidateSeconds: 30,
  staleIfErrorSeconds: 300,
}

describe('a first answer', () => {
  test.each([
    ['just made', 0, 60, 10],
    ['that waited 15 s', 15, 60, 10],
    ['that waited five minutes: asked about after as long again, by half', 300, 150, 150],
    ['that waited a day', 86_400, 600, 600],
  ])('%s', (_, waited, browsers, tiers) => {
    const headers = hastyHeaders(assumedFor(7200), bounds, waited * 1000)
    expect(headers).toMatchObject({
      'cache-control': expect.stringContaining(`max-age=${browsers},`),
      'cdn-cache-control': expect.stringContaining(`max-age=${tiers},`),
      meter: 'do-report',
    })
  })

  test('is kept no longer than its source allows', () => {
    expect(hastyHeaders(assumedFor(5), bounds, 1e6)['cdn-cache-control']).toContain('max-age=5,')
  })
})

describe('an ask for it', () => {
  const path = '/shop/a.jpg?fm=avif'
  const result = (outcome: ObtainedResult['outcome'], headers: Headers = hastyMark('effort', 1234.5)) =>
    ({ outcome, answer: { status: 200, headers, body: Buffer.alloc(500) } }) satisfies ObtainedResult
  const candidate = { path, by: 'effort', bytes: 500, costMs: 1235 }

  test.each([
    ['the one that had it made is no use again', result('made'), {}, undefined],
    ['another one is', result('hit'), {}, { candidate, uses: 1 }],
    ['one that waited for it, too', result('collapsed'), {}, { candidate, uses: 1 }],
    ['a cache says how many it had', result('hit'), { meter: 'count=17/4' }, { candidate, uses: 17 }],
    [
      'a cache that only confirmed it would have saved nothing',
      result('hit'),
      { meter: 'count=0/4' },
      undefined,
    ],
    ['the last answer is no candidate', result('hit', {}), {}, undefined],
  ])('%s', (_, obtained, headers, expected) => {
    expect(candidateIn(obtained, { path, headers })).toEqual(expected)
  })
})

test.each([
  ['fm=webp&q=auto', true],
  ['fm=avif', true],
  ['auto=format', true],
  ['fm=webp', false],
  ['w=100', false],
])('whether there may be a better one: %s', (query, expected) => {
  expect(mayImprove(exact(parse(query), { formats: 'avif,webp', saveData: false }))).toBe(expected)
})
