import { describe, expect, test } from 'vitest'
import type { Entry } from '../../cache/entry.ts'
import { ageSeconds, type Decision, decide, mayServeStale, ttlSeconds } from '../../cache/use.ts'
import { anEntry, start } from './entries.ts'

const at = (later: number) => ({ now: start + later })
const hard = (position: number) => ({ hard: position, soft: 0 })
const soft = (position: number) => ({ hard: 0, soft: position })

describe('what may be done with an entry', () => {
  test.each<[string, number, Decision]>([
    ['fresh to the last millisecond', 59_999, 'fresh'],
    ['then stale, and served while one asks', 60_000, 'stale-while-revalidate'],
    ['to the end of that window', 89_999, 'stale-while-revalidate'],
    ['then upstream is asked first', 90_000, 'revalidate'],
  ])('%s', (_, later, decision) => expect(decide(anEntry(), at(later))).toBe(decision))

  test('nothing stored is a miss', () => expect(decide(undefined, at(0))).toBe('miss'))
})

describe('an entry made before a purge', () => {
  const entry = anEntry({ epoch: 4 })
  const withoutWindows: Partial<Entry> = {
    staleWhileRevalidateUntil: entry.freshUntil,
    staleIfErrorUntil: entry.freshUntil,
  }

  test.each<[string, Entry, ReturnType<typeof hard>, Decision]>([
    ['is gone, if the purge was hard', entry, hard(5), 'miss'],
    ['is stale, if it was soft', entry, soft(5), 'stale-while-revalidate'],
    ['is gone, if there were both', entry, { hard: 5, soft: 6 }, 'miss'],
    ['is not used unasked without a window', { ...entry, ...withoutWindows }, soft(5), 'revalidate'],
    ['does not care for what was purged before it was made', entry, { hard: 4, soft: 4 }, 'fresh'],
  ])('%s', (_, made, purged, decision) => expect(decide(made, { ...at(1000), purged })).toBe(decision))

  test('stands in for a failing upstream within its window alone', () => {
    const moment = { ...at(1000), purged: soft(5) }
    expect(mayServeStale(entry, moment)).toBe(true)
    expect(mayServeStale({ ...entry, ...withoutWindows }, moment)).toBe(false)
    expect(mayServeStale({ ...entry, ...withoutWindows }, at(1000))).toBe(true)
  })

  test('softly tells its next cache that its freshness is over', () => {
    const moment = { ...at(1000), purged: soft(5) }
    expect(ageSeconds(anEntry({ epoch: 4, ageOnArrival: 7 }), moment)).toBe(67)
    expect(ttlSeconds(entry, moment)).toBe(-1)
  })
})

test.each([
  [0, 60],
  [29_001, 30],
  [59_999, 0],
  [60_000, -1],
  [70_000, -10],
])('RFC 9211 2.5: %i ms later the ttl is %i, negative exactly when stale', (later, ttl) => {
  expect(ttlSeconds(anEntry(), at(later))).toBe(ttl)
})

test('RFC 9111 4.2.3: age counts from before the entry arrived', () => {
  expect(ageSeconds(anEntry({ ageOnArrival: 7 }), at(3999))).toBe(10)
})
