// A bounded share of the CPU.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createAllowance } from '../../../origin/improving/allowance.ts'

test('what was spent is earned back at its share of all cores', () => {
  const allowance = createAllowance({ share: 0.25, cores: 2, now: 0 })
  expect(allowance.isLeft(0)).toBe(true)
  allowance.spend(10_000 + 4000, 0)
  expect(allowance.isLeft(7999)).toBe(false)
  expect(allowance.isLeft(8001)).toBe(true)
})

test('an idle day saves up no more than ten seconds', () => {
  const allowance = createAllowance({ share: 0.25, cores: 2, now: 0 })
  allowance.spend(10_000, 24 * 3_600_000)
  expect(allowance.isLeft(24 * 3_600_000)).toBe(false)
})

test('a clock that is set back neither earns nor loses', () => {
  const allowance = createAllowance({ share: 1, cores: 1, now: 10_000 })
  allowance.spend(10_001, 10_000)
  expect(allowance.isLeft(0)).toBe(false)
  expect(allowance.isLeft(2)).toBe(true)
})

test('who begins only while something is left never spends more than the share, ten seconds and the last piece', () => {
  const piece = fc.record({
    afterMs: fc.integer({ min: 0, max: 60_000 }),
    cpuMs: fc.integer({ min: 0, max: 20_000 }),
  })
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 60 }), fc.integer({ min: 1, max: 100 }), (pieces, percent) => {
      const allowance = createAllowance({ share: percent / 100, cores: 4, now: 0 })
      let [now, spent, last] = [0, 0, 0]
      for (const { afterMs, cpuMs } of pieces) {
        now += afterMs
        if (!allowance.isLeft(now)) continue
        allowance.spend(cpuMs, now)
        spent += cpuMs
        last = cpuMs
      }
      expect(spent).toBeLessThanOrEqual((now * percent * 4) / 100 + 10_000 + last + 1)
    }),
  )
})
