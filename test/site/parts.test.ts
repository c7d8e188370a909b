// Stored parts of a body: which bytes are there, and which are missing.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  contentRange,
  holeIn,
  joined,
  type Part,
  partAt,
  partBytes,
  partEnd,
} from '../../site/cache/parts.ts'

const part = (start: number, length: number): Part => ({ start, length })

describe('the hole in a range', () => {
  test.each<[string, Part[], [number, number], [number, number] | undefined]>([
    ['nothing is stored', [], [0, 9], [0, 9]],
    ['all is stored', [part(0, 10)], [0, 9], undefined],
    ['all is stored in pieces', [part(0, 5), part(5, 5)], [2, 9], undefined],
    ['the end is missing', [part(0, 5)], [0, 9], [5, 9]],
    ['the beginning is missing', [part(5, 5)], [0, 9], [0, 4]],
    ['the middle is missing', [part(0, 3), part(7, 3)], [0, 9], [3, 6]],
    ['two are missing: they are asked for in one', [part(2, 2), part(6, 2)], [0, 9], [0, 9]],
    ['pieces overlap', [part(0, 6), part(4, 6)], [0, 9], undefined],
    ['what lies elsewhere does not help', [part(20, 5)], [0, 9], [0, 9]],
  ])('%s', (_, parts, [start, end], expected) => {
    const hole = holeIn(parts, { start, end })
    expect(hole && [hole.start, hole.end]).toEqual(expected)
  })

  const parts = fc.array(fc.record({ start: fc.nat(60), length: fc.integer({ min: 1, max: 20 }) }))
  test('holds every missing byte, and begins and ends with one', () => {
    fc.assert(
      fc.property(parts, fc.nat(60), fc.nat(30), (stored, start, more) => {
        const range = { start, end: start + more }
        const isStored = (at: number) => partAt(stored, at) !== undefined
        const missing = Array.from({ length: more + 1 }, (_, at) => start + at).filter((at) => !isStored(at))
        const hole = holeIn(stored, range)
        expect(hole && [hole.start, hole.end]).toEqual(
          missing.length === 0 ? undefined : [missing[0], missing.at(-1)],
        )
      }),
    )
  })

  test('is never larger once a piece has come', () => {
    fc.assert(
      fc.property(parts, parts, (stored, added) => {
        const all = joined(stored, added)
        for (let at = 0; at < 90; at++)
          expect(partAt(all, at) !== undefined).toBe(partAt([...stored, ...added], at) !== undefined)
      }),
    )
  })
})

test('bodies are cut at multiples of a part, wherever they begin', () => {
  expect([0, 1, partBytes - 1, partBytes, partBytes + 7].map(partEnd)).toEqual([
    ...[partBytes, partBytes, partBytes, 2 * partBytes, 2 * partBytes],
  ])
})

describe('Content-Range (RFC 9110 14.4)', () => {
  test.each<[string, [number, number, number] | undefined]>([
    ['bytes 0-4/10', [0, 4, 10]],
    ['Bytes 5-9/10', [5, 9, 10]],
    ['bytes 5-10/10', undefined],
    ['bytes 5-4/10', undefined],
    ['bytes 0-4/*', undefined],
    ['bytes */10', undefined],
    ['items 0-4/10', undefined],
    ['bytes 0-4/99999999999999999999', undefined],
    ['bytes 0-4/10, bytes 5-9/10', undefined],
    ['', undefined],
  ])('%s', (field, expected) => {
    const range = contentRange(field)
    expect(range && [range.start, range.end, range.total]).toEqual(expected)
  })
})
