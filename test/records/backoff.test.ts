import { expect, test } from 'vitest'
import { backoff } from '../../records/index.ts'

test('the wait is anywhere up to a step that doubles until its bound', () => {
  const bound = { firstMs: 1000, mostMs: 10_000 }
  expect([1, 2, 3, 4, 5, 100].map((attempt) => backoff(attempt, 1, bound))).toEqual([
    1000, 2000, 4000, 8000, 10_000, 10_000,
  ])
  expect([0, 0.25, 0.5].map((random) => backoff(3, random, bound))).toEqual([0, 1000, 2000])
})

test('twenty tries outlast a weekend, or an address that nobody answers is tried for four days at most', () => {
  const hours = Array.from({ length: 19 }, (_, i) => backoff(i + 1, 1)).reduce((a, b) => a + b) / 3_600_000
  expect(hours).toBeGreaterThan(72)
  expect(hours).toBeLessThan(96)
})
