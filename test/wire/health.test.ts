// When a node is passed over, and for how long.
import { expect, test } from 'vitest'
import {
  afterFailedCheck,
  afterFailedTrial,
  afterFailure,
  duringTrial,
  type Health,
  healthy,
  isOnTrial,
  isUp,
} from '../../wire/health.ts'

const failing = (times: number, now: number, from: Health = healthy) =>
  Array.from({ length: times }).reduce<Health>((health) => afterFailure(health, now), from)

test('two failures are an accident, three in a row are a node that is gone', () => {
  expect(isUp(failing(2, 1000), 1000)).toBe(true)
  expect(isUp(failing(3, 1000), 1000)).toBe(false)
})

test('a failed check takes the node out at once', () => {
  expect(isUp(afterFailedCheck(healthy, 1000), 1000)).toBe(false)
})

test('it is out for a second, then for twice as long after each trial that fails, thirty seconds at most', () => {
  let now = 0
  let health = failing(3, now)
  const waits: number[] = []
  for (let round = 0; round < 7; round++) {
    waits.push(health.downUntil - now)
    now = health.downUntil
    expect(isOnTrial(health, now)).toBe(true)
    health = afterFailedTrial(duringTrial(health, now), now)
  }
  expect(waits).toEqual([1000, 2000, 4000, 8000, 16_000, 30_000, 30_000])
})

test('failures of asks that were already under way do not lengthen the time', () => {
  const down = failing(3, 1000)
  expect(failing(50, 1500, down).downUntil).toBe(down.downUntil)
  expect(afterFailedCheck(down, 1500).downUntil).toBe(down.downUntil)
})

test('while one ask tries a node, the others pass it over', () => {
  const trying = duringTrial(failing(3, 0), 1000)
  expect(isUp(trying, 1000)).toBe(false)
  expect(isOnTrial(trying, 1000)).toBe(false)
})

test('a node that never failed is not on trial', () => {
  expect(isOnTrial(failing(2, 0), 0)).toBe(false)
})
