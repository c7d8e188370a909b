// Who is asked first: the ring's node, unless it has more than its share, or the key is hot and its second node is idler.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createHotKeys } from '../../wire/hot-keys.ts'
import { spread } from '../../wire/spread.ts'

type State = 'up' | 'down'
const nodes = (...loads: (number | 'down')[]) =>
  loads.map((load, index) => ({
    name: 'abcdefgh'[index],
    state: (): State => (load === 'down' ? 'down' : 'up'),
    load: () => (load === 'down' ? 0 : load),
  }))
const namesOf = (order: readonly { name: string | undefined }[]) => order.map(({ name }) => name).join('')

describe('the order of nodes', () => {
  test.each([
    { loads: [0, 0, 0], order: 'abc', why: 'idle nodes keep the ring’s order' },
    { loads: [31, 0, 0], order: 'abc', why: 'a few asks are nobody’s burden' },
    { loads: [32, 0, 0], order: 'bca', why: 'a node with more than its share comes last' },
    { loads: [100, 100, 100], order: 'abc', why: 'equally busy nodes keep the order' },
    { loads: [126, 100, 74], order: 'bca', why: 'the bound is a quarter above the mean' },
    { loads: ['down', 40, 0], order: 'cb', why: 'a node that is out is not asked' },
  ] as const)('$why', ({ loads, order }) => {
    expect(namesOf(spread(nodes(...loads)))).toBe(order)
  })

  test.each([
    { loads: [3, 2, 0], order: 'bac', why: 'the idler of its two nodes answers a hot key' },
    { loads: [2, 3, 0], order: 'abc', why: 'its own node does where it is the idler' },
    { loads: [2, 2, 0], order: 'abc', why: 'or as idle' },
  ])('$why', ({ loads, order }) => {
    expect(namesOf(spread(nodes(...loads), true))).toBe(order)
  })

  test('nobody who is up is lost, whatever the loads', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(500), { maxLength: 8 }), fc.boolean(), (loads, isHot) => {
        expect([...namesOf(spread(nodes(...loads), isHot))].toSorted()).toEqual(
          [...'abcdefgh'].slice(0, loads.length),
        )
      }),
    )
  })

  test('asks for one key alone never pile up on one node beyond the bound', () => {
    const loads = [0, 0, 0, 0]
    const counted = loads.map((_, index) => ({
      state: (): State => 'up',
      load: () => loads[index] ?? 0,
      index,
    }))
    for (let ask = 0; ask < 1000; ask++) {
      const [first] = spread(counted)
      if (first) loads[first.index] = (loads[first.index] ?? 0) + 1
    }
    expect(Math.max(...loads)).toBeLessThanOrEqual(Math.ceil((1.25 * 1000) / 4))
  })
})

describe('hot keys', () => {
  const askAll = (hot: ReturnType<typeof createHotKeys>, keys: readonly string[]) =>
    keys.map((key) => hot.count(key))
  const many = (count: number, name = 'key') => Array.from({ length: count }, (_, at) => `${name} ${at}`)

  test('a key is hot when its part of all asks is larger than the share', () => {
    const hot = createHotKeys({ share: 0.1 })
    const asks = many(2000).flatMap((cold, at) => (at % 5 === 0 ? ['favourite', cold] : [cold]))
    const found = askAll(hot, asks)
    const verdicts = new Set(asks.flatMap((key, at) => (at > 1000 && found[at] ? [key] : [])))
    expect(verdicts).toEqual(new Set(['favourite']))
  })

  test('the first asks of all say nothing', () => {
    expect(askAll(createHotKeys({ share: 0.1 }), Array(100).fill('only'))).toEqual(Array(100).fill(false))
  })

  test('what was hot grows cold', () => {
    const hot = createHotKeys({ share: 0.1, window: 400 })
    askAll(hot, Array(400).fill('yesterday'))
    askAll(hot, many(4000))
    expect(hot.count('yesterday')).toBe(false)
  })
})
