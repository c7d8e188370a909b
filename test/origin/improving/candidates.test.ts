// Which first answer is next: where a second of work saves the most bytes.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Candidate, createCandidates } from '../../../origin/improving/candidates.ts'

const one = (path: string, more: Partial<Candidate> = {}): Candidate => ({
  path,
  by: 'effort',
  bytes: 100_000,
  costMs: 1000,
  ...more,
})

const minute = 60_000

/** What comes out, in turn. */
function turns(noted: readonly (readonly [Candidate, number, number?])[], now = 0): string[] {
  const candidates = createCandidates(100)
  for (const [candidate, uses, at = 0] of noted) candidates.note(candidate, uses, at)
  return Array.from({ length: noted.length }, () => candidates.next(now)?.path).filter(
    (path) => path !== undefined,
  )
}

describe('first comes', () => {
  test.each([
    [
      'what is used more often',
      [
        [one('/a'), 2],
        [one('/b'), 5],
      ],
      ['/b', '/a'],
    ],
    [
      'what has more bytes to save',
      [
        [one('/a'), 2],
        [one('/b', { bytes: 150_000 }), 2],
      ],
      ['/b', '/a'],
    ],
    [
      'what takes less work',
      [
        [one('/a', { costMs: 3000 }), 2],
        [one('/b'), 2],
      ],
      ['/b', '/a'],
    ],
    [
      'a small gain for nearly nothing',
      [
        [one('/a', { costMs: 9000 }), 9],
        [one('/b', { bytes: 20_000, costMs: 100 }), 1],
      ],
      ['/b', '/a'],
    ],
    [
      'what saves more as a rule',
      [
        [one('/a', { by: 'search' }), 2],
        [one('/b'), 2],
      ],
      ['/b', '/a'],
    ],
    [
      'what is noted again, its uses together',
      [
        [one('/a'), 3],
        [one('/b'), 2],
        [one('/b'), 2],
      ],
      ['/b', '/a'],
    ],
  ] as const)('%s', (_, noted, expected) => {
    expect(turns(noted)).toEqual(expected)
  })

  test('what is hot now, not what was: uses count half after five minutes', () => {
    const was = [one('/was'), 100, 0] as const
    const is = [one('/is'), 20, 15 * minute] as const
    expect(turns([was, is], 15 * minute)).toEqual(['/is', '/was'])
    expect(turns([was, [one('/is'), 20, 10 * minute]], 10 * minute)).toEqual(['/was', '/is'])
  })
})

test('what others saved is expected of the next: effort that saves nothing comes last', () => {
  const candidates = createCandidates(10)
  for (let i = 0; i < 100; i++) candidates.learn('effort', { before: 100, after: 100 })
  candidates.note(one('/a'), 1, 0)
  candidates.note(one('/b', { by: 'search' }), 1, 0)
  expect(candidates.next(0)?.path).toBe('/b')
})

test('a search that made pictures larger is still made', () => {
  const candidates = createCandidates(10)
  for (let i = 0; i < 1000; i++) candidates.learn('search', { before: 100, after: 200 })
  candidates.note(one('/a', { by: 'search' }), 1, 0)
  expect(candidates.next(0)?.path).toBe('/a')
})

test('beyond its bound the least worthy goes, which may be the newest', () => {
  const candidates = createCandidates(2)
  expect(candidates.note(one('/a'), 5, 0)).toBeUndefined()
  expect(candidates.note(one('/b'), 3, 0)).toBeUndefined()
  expect(candidates.note(one('/c'), 1, 0)?.path).toBe('/c')
  expect(candidates.note(one('/d'), 4, 0)?.path).toBe('/b')
  expect(candidates.size()).toBe(2)
})

test('whatever is noted, each comes out once, in falling order of uses times bytes for its cost', () => {
  const candidate = fc.record({
    bytes: fc.integer({ min: 1, max: 1e7 }),
    costMs: fc.integer({ min: 1, max: 20_000 }),
    uses: fc.integer({ min: 1, max: 1e6 }),
  })
  fc.assert(
    fc.property(fc.array(candidate, { maxLength: 30 }), (drawn) => {
      const candidates = createCandidates(100)
      drawn.forEach(({ uses, ...rest }, i) => void candidates.note(one(`/${i}`, rest), uses, 0))
      const worths = drawn.map(() => {
        const { path = '' } = candidates.next(0) ?? {}
        const { uses, bytes, costMs } = drawn[Number(path.slice(1))] ?? { uses: 0, bytes: 0, costMs: 1 }
        return (uses * bytes) / costMs
      })
      expect(candidates.next(0)).toBeUndefined()
      worths.reduce((before, worth) => {
        expect(worth).toBeLessThanOrEqual(before * (1 + 1e-9))
        return worth
      }, Number.POSITIVE_INFINITY)
    }),
  )
})
