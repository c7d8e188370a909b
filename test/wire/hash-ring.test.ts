// The ring spreads keys evenly and moves no more than it must.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createRing } from '../../wire/index.ts'

const keys = Array.from({ length: 20_000 }, (_, i) => `/photos/${i % 97}/img_${i}.jpg`)
const named = (count: number) => Array.from({ length: count }, (_, i) => `http://10.0.0.${i + 1}:8082`)
const nodeNames = fc.uniqueArray(fc.webUrl(), { minLength: 1, maxLength: 8 })

test.each([2, 3, 5, 10])('with %i nodes every share is within a third of the mean', (count) => {
  const ring = createRing(named(count))
  const shares = Map.groupBy(keys, (key) => ring.order(key)[0])
  expect(shares.size).toBe(count)
  for (const share of shares.values()) {
    expect(share.length).toBeGreaterThan((keys.length / count) * 0.67)
    expect(share.length).toBeLessThan((keys.length / count) * 1.33)
  }
})

test('when a node leaves, its keys go to their second choice, spread over all, and no other key moves', () => {
  const nodes = named(5)
  const [leaver = '', ...others] = nodes
  const before = createRing(nodes)
  const after = createRing(others)
  const heirs = new Set<string | undefined>()
  for (const key of keys) {
    const order = before.order(key)
    expect(after.order(key)).toEqual(order.filter((node) => node !== leaver))
    if (order[0] === leaver) heirs.add(order[1])
  }
  expect(heirs).toEqual(new Set(others))
})

test('every node is in every order once, whatever the nodes and the key', () => {
  fc.assert(
    fc.property(nodeNames, fc.string(), (nodes, key) => {
      expect(createRing(nodes).order(key).toSorted()).toEqual(nodes.toSorted())
    }),
    { numRuns: 50 },
  )
})

test('the order of the nodes in the settings does not matter', () => {
  fc.assert(
    fc.property(nodeNames, fc.webPath(), (nodes, key) => {
      expect(createRing(nodes.toReversed()).order(key)).toEqual(createRing(nodes).order(key))
    }),
    { numRuns: 50 },
  )
})

test('no nodes, no order', () => {
  expect(createRing([]).order('/a')).toEqual([])
})
