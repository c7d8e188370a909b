// The cache key of an address by example, from the vectors that other implementations of the edge share.
import { describe, expect, test } from 'vitest'
import { type EdgeSource, makeExact } from '../../edge/exact-request.ts'
import { parseExactPath, revision } from '../../transforms/index.ts'
import { kindOf } from '../refusals.ts'
import vectors from '../vectors/keys.json' with { type: 'json' }

const signing = { scheme: 'hmac-sha256' as const, keys: [] }
const sources = new Map<string, EdgeSource>(
  Object.entries(vectors.sources).map(([name, source]) => [name, { signing, ...source }]),
)
const keyOf = (target: string, accept: string): string =>
  makeExact({ target, headers: { accept }, now: vectors.now * 1000 }, sources).path

test('the keys are those of this revision', () => {
  expect(vectors.revision).toBe(revision)
})

const short = (text: string): string => text.slice(0, 80)
const made = vectors.cases.flatMap(({ target, accept, key }) =>
  key === undefined ? [] : [[short(target), accept, short(key), target, `${key}${revision}`] as const],
)
const refused = vectors.cases.flatMap(({ target, accept, refused }) =>
  refused === undefined ? [] : [[short(target), refused, target, accept] as const],
)

describe('an address and its key', () => {
  test.each(made)('%s for %s is %s', (_, accept, __, target, key) => {
    expect(keyOf(target, accept)).toBe(key)
  })

  test.each(made)('%s for %s is a key that every tier reads', (_, __, ___, ____, key) => {
    expect(parseExactPath(key).isCurrent).toBe(true)
  })
})

describe('an address without a key', () => {
  test.each(refused)('%s is %s', (_, kind, target, accept) => {
    expect(kindOf(() => keyOf(target, accept))).toBe(kind)
  })
})
