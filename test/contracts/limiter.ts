// What every limiter promises, whatever its buckets lie in.
import fc from 'fast-check'
import { beforeEach, describe, expect, test } from 'vitest'
import { unitsPerRequest } from '../../limits/bucket.ts'
import type { Limiter } from '../../limits/limiter.ts'
import type { Claim, Limit } from '../../limits/rules.ts'

/** A thousandth of a request a second: in the time of a test nothing comes back. */
const slowest = 0.001

let made = 0
const aClaim = (limit: Partial<Limit> = {}, bucket = `bucket-${++made}`): Claim => {
  const { rate = slowest, burst = 3 } = limit
  return { rule: { name: 'test', per: 'address', of: ['pictures'], rate, burst }, rate, burst, bucket }
}

export function limiterContract(name: string, open: () => Promise<Limiter>, skipped?: string): void {
  describe.skipIf(skipped !== undefined)(`limiter contract: ${name}${skipped ? ` (${skipped})` : ''}`, () => {
    let limiter: Limiter
    beforeEach(async () => {
      limiter = await open()
    })

    const admitted = async (claims: readonly Claim[], times: number): Promise<number> => {
      let count = 0
      for (let i = 0; i < times; i++) if ((await limiter.take(claims)).isAdmitted) count++
      return count
    }

    test('a burst is let through to the last request, and then none', async () => {
      for (const burst of [1, 2, 7, 100])
        expect(await admitted([aClaim({ burst })], burst + 20), `burst ${burst}`).toBe(burst)
    })

    test('requests at once take one each', async () => {
      const claim = aClaim({ burst: 50 })
      const decisions = await Promise.all(Array.from({ length: 200 }, async () => limiter.take([claim])))
      expect(decisions.filter(({ isAdmitted }) => isAdmitted)).toHaveLength(50)
    })

    test('buckets know nothing of each other', async () => {
      expect(await admitted([aClaim({ burst: 2 })], 5)).toBe(2)
      expect(await admitted([aClaim({ burst: 2 })], 5)).toBe(2)
    })

    test('where one bucket has no room nothing is taken from the others', async () => {
      const small = aClaim({ burst: 1 })
      const large = aClaim({ burst: 10 })
      expect(await admitted([small, large], 5)).toBe(1)
      expect(await admitted([large], 20)).toBe(9)
    })

    test('what was used is told of each bucket, in the order of the claims', async () => {
      const one = aClaim({ burst: 5 })
      const other = aClaim({ burst: 5 })
      await limiter.take([one])
      const { used } = await limiter.take([one, other])
      expect(used.map((units) => Math.ceil(units / unitsPerRequest))).toEqual([2, 1])
    })

    test('nothing is asked of no bucket', async () => {
      expect(await limiter.take([])).toEqual({ isAdmitted: true, used: [] })
    })

    test('the rate is exact: in any time as many as the burst and what came back, no more and no less', async () => {
      const limit = { rate: 200, burst: 200 }
      const claim = aClaim(limit)
      const allowedIn = (from: number, until: number) => limit.burst + (limit.rate * (until - from)) / 1000
      const began = performance.now()
      let firstAnswered = Number.POSITIVE_INFINITY
      for (let count = 0; count < 280; ) {
        const asked = performance.now()
        const { isAdmitted } = await limiter.take([claim])
        const answered = performance.now()
        firstAnswered = Math.min(firstAnswered, answered)
        if (isAdmitted) count++
        // The bucket's clock began between `began` and `firstAnswered`, and stood between `asked` and `answered`.
        if (isAdmitted) expect(count).toBeLessThanOrEqual(allowedIn(began, answered))
        else expect(count + 1).toBeGreaterThan(allowedIn(firstAnswered, asked))
      }
    })

    test('a limit that is changed holds from the next request on', async () => {
      const claim = aClaim({ burst: 2 })
      expect(await admitted([claim], 5)).toBe(2)
      expect(await admitted([{ ...claim, burst: 5 }], 9)).toBe(3)
      expect(await admitted([{ ...claim, burst: 1 }], 3)).toBe(0)
    })

    test('any burst and any number of requests', async () => {
      await fc.assert(
        fc.asyncProperty(
          fc.integer({ min: 1, max: 30 }),
          fc.integer({ min: 0, max: 60 }),
          async (burst, times) => {
            expect(await admitted([aClaim({ burst })], times)).toBe(Math.min(burst, times))
          },
        ),
        { numRuns: 20 },
      )
    })

    test('the largest numbers lose nothing', async () => {
      const claim = aClaim({ rate: slowest, burst: 1_000_000 })
      const first = await limiter.take([claim])
      const second = await limiter.take([claim])
      expect(first.used).toEqual([unitsPerRequest])
      expect((second.used[0] ?? 0) - unitsPerRequest).toBeGreaterThan(0)
      expect((second.used[0] ?? 0) % 1).toBe(0)
    })
  })
}
