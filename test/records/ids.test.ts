import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createIds, firstIdAt, newId, timeOf } from '../../records/ids.ts'
import { noon, times } from './rows.ts'

const isVersion7 = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/
const inOrder = (ids: readonly string[]) => ids.every((id, i) => i === 0 || id > (ids[i - 1] ?? ''))

test('an id carries its time, and sorts by it', () => {
  const ids = times(100, (i) => newId(noon + i))
  expect(inOrder(ids)).toBe(true)
  expect(ids.map(timeOf)).toEqual(times(100, (i) => noon + i))
  expect(ids[0]).toMatch(isVersion7)
  expect(firstIdAt(noon) <= newId(noon)).toBe(true)
  expect(firstIdAt(noon + 1) > newId(noon)).toBe(true)
})

test('each id of a process is greater than the one before, wherever its clock steps', () => {
  const steps = fc.array(fc.oneof(fc.integer({ min: -5, max: 5 }), fc.integer({ min: -1e9, max: 1e9 })), {
    maxLength: 300,
  })
  fc.assert(
    fc.property(steps, (changes) => {
      const nextId = createIds()
      let now = noon
      const made = changes.map((change) => {
        now += change
        return { now, id: nextId(now) }
      })
      expect(inOrder(made.map(({ id }) => id))).toBe(true)
      for (const { id, now: then } of made) {
        expect(id).toMatch(isVersion7)
        expect(timeOf(id)).toBeGreaterThanOrEqual(then)
      }
    }),
  )
})

test('more ids than a millisecond has room for are in order, and soon tell the time again', () => {
  const nextId = createIds()
  const ids = times(20_000, () => nextId(noon))
  expect(inOrder(ids)).toBe(true)
  expect(timeOf(ids.at(-1) ?? '')).toBeLessThanOrEqual(noon + 10)
  expect(timeOf(nextId(noon + 11))).toBe(noon + 11)
})

test('a millisecond has room for 2,048, whatever its counter began with', () => {
  const nextId = createIds((size) => Buffer.alloc(size, 0xff))
  expect(times(2_048, () => timeOf(nextId(noon)))).toEqual(times(2_048, () => noon))
})

test('who knows an id cannot tell the next: 62 bits of it are drawn anew', () => {
  const nextId = createIds()
  const [one = '', other = ''] = times(2, () => nextId(noon))
  expect(Number.parseInt(other.slice(15, 18), 16)).toBe(Number.parseInt(one.slice(15, 18), 16) + 1)
  expect(other.slice(19)).not.toBe(one.slice(19))
})
