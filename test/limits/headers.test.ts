import { describe, expect, test } from 'vitest'
import { unitsPerRequest } from '../../limits/bucket.ts'
import { fieldsOf, refusalOf } from '../../limits/headers.ts'
import { claimsOf, type Rule } from '../../limits/rules.ts'
import { publicProblem } from '../../problem.ts'

const rules: readonly Rule[] = [
  { name: 'visitor', per: 'address', of: ['pictures'], rate: 10, burst: 50 },
  { name: 'shop', per: 'source', of: ['pictures'], rate: 0.5, burst: 3 },
]
const claims = claimsOf(rules, { address: 'a', source: 's' })
const decided = (isAdmitted: boolean, ...requests: number[]) => ({
  isAdmitted,
  used: requests.map((used) => used * unitsPerRequest),
})

describe('what a client is told', () => {
  test('of each policy its quota in its window, what remains, and when all of it is there again', () => {
    expect(fieldsOf(claims, decided(true, 5, 1))).toEqual({
      'ratelimit-policy': '"visitor";q=50;w=5, "shop";q=3;w=6',
      ratelimit: '"visitor";r=45;t=1, "shop";r=2;t=2',
    })
  })

  test('nothing, where no rule holds', () => {
    expect(fieldsOf([], { isAdmitted: true, used: [] })).toBeUndefined()
  })

  test('a refusal names the limits that were reached, and the longest wait in whole seconds', () => {
    const { status, headers, body } = publicProblem(refusalOf(claims, decided(false, 50, 2.5)))
    expect(status).toBe(429)
    expect(headers).toMatchObject({ 'retry-after': '1', 'cache-control': 'no-store' })
    expect(JSON.parse(String(body))).toEqual({
      type: 'urn:halftone:problem:rate-limited',
      title: 'Too many requests',
      status: 429,
      detail: "Too many requests: the limit 'visitor' and 'shop' lets no more through just now.",
      'violated-policies': ['visitor', 'shop'],
    })
    expect(publicProblem(refusalOf(claims, decided(false, 0, 3))).headers['retry-after']).toBe('2')
  })
})
