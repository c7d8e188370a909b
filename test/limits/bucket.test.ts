import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  capacityOf,
  hasRoom,
  type Level,
  levelAfter,
  refillOf,
  standingOf,
  unitsPerRequest,
  usedAt,
} from '../../limits/bucket.ts'
import type { Limit } from '../../limits/rules.ts'

const limits = fc.record({
  rate: fc.integer({ min: 1, max: 1_000_000_000 }).map((thousandths) => thousandths / 1000),
  burst: fc.integer({ min: 1, max: 1_000_000 }),
})
const small = fc.record({
  rate: fc.integer({ min: 1, max: 50_000 }).map((thousandths) => thousandths / 1000),
  burst: fc.integer({ min: 1, max: 20 }),
})
/** Microseconds between requests. */
const waits = fc.array(fc.integer({ min: 0, max: 2_000_000 }), { maxLength: 200 })

/** The moments, of the given ones, at which a request is let through. */
function admittedAt(limit: Limit, moments: readonly number[]): number[] {
  let level: Level | undefined
  return moments.filter((at) => {
    const used = usedAt(level, limit, at)
    if (!hasRoom(used, limit)) return false
    level = levelAfter(used, level, at)
    return true
  })
}

const momentsAfter = (gaps: readonly number[]): number[] => {
  let at = 1_800_000_000_000_000
  return gaps.map((gap) => {
    at += gap
    return at
  })
}

describe('token bucket', () => {
  test('every rate gives back a whole number of units', () => {
    fc.assert(
      fc.property(limits, (limit) => {
        expect(Number.isSafeInteger(refillOf(limit))).toBe(true)
        expect(Number.isSafeInteger(capacityOf(limit) + unitsPerRequest)).toBe(true)
        expect(refillOf(limit) / 1000).toBeCloseTo(limit.rate, 6)
      }),
    )
  })

  test('in no stretch of time more than the burst and what came back in it', () => {
    fc.assert(
      fc.property(small, waits, (limit, gaps) => {
        const admitted = admittedAt(limit, momentsAfter(gaps))
        for (let first = 0; first < admitted.length; first++)
          for (let last = first; last < admitted.length; last++) {
            const elapsed = (admitted[last] ?? 0) - (admitted[first] ?? 0)
            // In whole numbers: exact.
            const units = BigInt(last - first + 1) * BigInt(unitsPerRequest)
            expect(units <= BigInt(capacityOf(limit)) + BigInt(elapsed) * BigInt(refillOf(limit))).toBe(true)
          }
      }),
      { numRuns: 50 },
    )
  })

  test('a request is refused only where one more would be too many', () => {
    fc.assert(
      fc.property(small, waits, (limit, gaps) => {
        // The same with big integers, which cannot round.
        let used = 0n
        let last = 0n
        const expected = momentsAfter(gaps).filter((moment) => {
          const at = BigInt(moment)
          const back = (at - last) * BigInt(refillOf(limit))
          const now = used > back ? used - back : 0n
          if (now + BigInt(unitsPerRequest) > BigInt(capacityOf(limit))) return false
          used = now + BigInt(unitsPerRequest)
          last = at
          return true
        })
        expect(admittedAt(limit, momentsAfter(gaps))).toEqual(expected)
      }),
    )
  })

  test('a clock that goes back gives nothing back, and takes nothing', () => {
    const limit = { rate: 1, burst: 2 }
    const level = levelAfter(0, undefined, 5_000_000)
    expect(usedAt(level, limit, 1_000_000)).toBe(unitsPerRequest)
    const later = levelAfter(usedAt(level, limit, 1_000_000), level, 1_000_000)
    expect(later).toEqual({ used: 2 * unitsPerRequest, at: 5_000_000 })
  })

  test('after the time that a client is told to wait there is room, and a second before there is none', () => {
    fc.assert(
      fc.property(limits, fc.double({ min: 0, max: 1, noNaN: true }), (limit, part) => {
        const used = Math.floor(capacityOf(limit) * part)
        const { retryInSeconds, remaining } = standingOf(used, limit)
        const level = { used, at: 0 }
        expect(hasRoom(used, limit)).toBe(remaining > 0)
        expect(retryInSeconds === 0).toBe(remaining > 0)
        expect(hasRoom(usedAt(level, limit, retryInSeconds * 1e6), limit)).toBe(true)
        if (retryInSeconds > 1)
          expect(hasRoom(usedAt(level, limit, (retryInSeconds - 1) * 1e6), limit)).toBe(false)
      }),
    )
  })

  test.each([
    [{ rate: 10, burst: 20 }, 0, { remaining: 20, fullInSeconds: 0, retryInSeconds: 0 }],
    [{ rate: 10, burst: 20 }, 5, { remaining: 15, fullInSeconds: 1, retryInSeconds: 0 }],
    [{ rate: 10, burst: 20 }, 20, { remaining: 0, fullInSeconds: 2, retryInSeconds: 1 }],
    [{ rate: 0.1, burst: 1 }, 1, { remaining: 0, fullInSeconds: 10, retryInSeconds: 10 }],
    // A plan that was made smaller: more is used than there is.
    [{ rate: 1, burst: 5 }, 20, { remaining: 0, fullInSeconds: 20, retryInSeconds: 16 }],
  ])('%o with %d requests used is %o', (limit, requests, standing) => {
    expect(standingOf(requests * unitsPerRequest, limit)).toEqual(standing)
  })
})
