// When a node is passed over, and what brings it back.
import { expect, test } from 'vitest'
import {
  afterAnswer,
  afterCheck,
  afterFailure,
  afterRefusal,
  type CheckResult,
  type Health,
  healthy,
} from '../../wire/health.ts'

const failing = (times: number, from: Health = healthy): Health =>
  Array.from({ length: times }).reduce<Health>(afterFailure, from)

test('two failures are an accident, three in a row are a node that is gone', () => {
  expect(failing(2).state).toBe('up')
  expect(failing(3).state).toBe('down')
  expect(failing(2, afterAnswer(failing(2))).state).toBe('up')
})

test.each<[CheckResult, Health['state']]>([
  ['well', 'up'],
  ['ill', 'down'],
  ['silent', 'down'],
  ['refuses', 'refuses'],
])('one check that finds a node %s decides: %s', (found, state) => {
  for (const before of [healthy, failing(3), afterRefusal(healthy)])
    expect(afterCheck(before, found).state).toBe(state)
})

test.each([
  ['down', failing(3)],
  ['refusing', afterRefusal(healthy)],
])('an answer to a visitor does not bring back a node that is %s', (_, out) => {
  expect(afterAnswer(out).state).toBe(out.state)
})

test('a refusal takes a node out at once', () => {
  expect(afterRefusal(healthy).state).toBe('refuses')
  expect(failing(3, afterRefusal(healthy)).state).toBe('refuses')
})
