import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createRemovalRate } from '../../storage/folder/removal-rate.ts'

const noon = Date.UTC(2026, 10, 21, 12)

interface Disk {
  /** What one remover manages without rests. */
  readonly mostPerSecond: number
  readonly bits: number
  readonly things: number
}

/** Seconds until all is gone, and how many removers it took, on a disk whose removers do not slow each other. */
function removal({ mostPerSecond, bits, things }: Disk): { seconds: number; lanes: number } {
  const clock = { at: noon }
  const pace = createRemovalRate({ since: noon, bits, now: () => clock.at })
  let most = 1
  for (let left = bits; left > 0; ) {
    const lanes = Math.min(left, pace.lanes(4))
    most = Math.max(most, lanes)
    const busyMs = (things * 1000) / mostPerSecond
    clock.at += Math.max((things * 1000) / pace.perSecond(), busyMs * 1.25)
    for (let lane = 0; lane < lanes; lane++) pace.removed({ things, left: 0, busyMs })
    left -= lanes
  }
  return { seconds: (clock.at - noon) / 1000, lanes: most }
}

describe('removal', () => {
  test('of a hundred thousand takes its time, by one remover where one is enough', () => {
    const { seconds, lanes } = removal({ mostPerSecond: 6000, bits: 256, things: 390 })
    expect(seconds).toBeGreaterThan(40)
    expect(seconds).toBeLessThan(57)
    expect(lanes).toBe(1)
  })

  test('is by several on a slow disk', () => {
    const { seconds, lanes } = removal({ mostPerSecond: 1200, bits: 256, things: 390 })
    expect(seconds).toBeLessThan(57)
    expect(lanes).toBeGreaterThan(1)
  })

  test('of little is over soon, but not at once', () => {
    const { seconds } = removal({ mostPerSecond: 6000, bits: 10, things: 100 })
    expect(seconds).toBeGreaterThan(0.9)
    expect(seconds).toBeLessThan(3)
  })

  test('of what one remover or four can do in the time is done in the time', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 200, max: 20_000 }),
        fc.integer({ min: 1, max: 400 }),
        fc.integer({ min: 1, max: 2000 }),
        (mostPerSecond, bits, things) => {
          fc.pre(bits * things < mostPerSecond * 4 * 0.8 * 30)
          expect(removal({ mostPerSecond, bits, things }).seconds).toBeLessThan(
            58 + (things / mostPerSecond) * 5,
          )
        },
      ),
    )
  })

  test.each([
    ['nothing', Number.NaN],
    ['days ago', noon - 1e9],
    ['a time to come', noon + 1e9],
  ])('goes at one pace, however much is left, when its folder says %s', (_, since) => {
    const pace = createRemovalRate({ since, bits: 50, now: () => noon })
    for (let bit = 0; bit < 49; bit++) {
      expect(pace.perSecond()).toBe(2500)
      pace.removed({ things: 1000, left: 0, busyMs: 100 })
    }
  })
})
