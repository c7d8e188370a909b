// RFC 2227: how often a stored answer was used.
import { describe, expect, test } from 'vitest'
import { doReport, reportIn, reportOf, wantsReport } from '../../http/metering.ts'

test('a server asks for it with its answer', () => {
  expect([wantsReport(doReport), wantsReport({}), wantsReport({ meter: 'dont-report' })]).toEqual([
    true,
    false,
    false,
  ])
})

describe('a report', () => {
  test('is read as it was written', () => {
    const uses = { sent: 12, confirmed: 3 }
    expect(reportOf(uses)).toEqual({ meter: 'count=12/3' })
    expect(reportIn(reportOf(uses))).toEqual(uses)
  })

  test('says nothing of no use at all, and never more than a thousand million', () => {
    expect(reportOf({ sent: 0, confirmed: 0 })).toEqual({})
    expect(reportOf({ sent: 2e9, confirmed: 0 })).toEqual({ meter: 'count=1000000000/0' })
    expect(reportIn({ meter: 'count=9999999999/1' })).toEqual({ sent: 1e9, confirmed: 1 })
  })

  test.each(['', 'do-report', 'count=1', 'count=-1/2', 'count=1/2, count=3/4', 'count=12345678901/0'])(
    'in other words is none: %j',
    (meter) => {
      expect(reportIn({ meter })).toBeUndefined()
    },
  )
})
