import { describe, expect, test } from 'vitest'
import { claimsOf, isPlanWithin, limitFor, type RuleTable } from '../../limits/rules.ts'

const table: RuleTable = {
  rules: [
    { name: 'visitor', per: 'address', of: ['pictures', 'api'], rate: 50, burst: 100 },
    { name: 'shop', per: 'source', of: ['pictures'], rate: 500, burst: 1000 },
    { name: 'calls', per: 'key', of: ['api'], rate: 5, burst: 10 },
    { name: 'bursts', per: 'key', of: ['api'], rate: 1, burst: 60 },
  ],
  plans: {
    large: { calls: { rate: 50, burst: 100 } },
    small: { calls: { rate: 1, burst: 2 }, bursts: { rate: 0.5, burst: 30 } },
    partner: { calls: null, bursts: null },
    // An address has no plan.
    odd: { visitor: null },
  },
}
const { rules, plans } = table
const [visitor, , calls] = rules as [(typeof rules)[0], unknown, (typeof rules)[0]]

describe('claims', () => {
  test('each rule takes from a bucket of its own, named after it and after what it tells apart', () => {
    const facts = { address: '203.0.113.7', source: 'shop', key: 'k1', plan: '' }
    expect(claimsOf(rules, facts, plans).map(({ bucket, rate, burst }) => [bucket, rate, burst])).toEqual([
      ['visitor|203.0.113.7', 50, 100],
      ['shop|shop', 500, 1000],
      ['calls|k1', 5, 10],
      ['bursts|k1', 1, 60],
    ])
  })

  test('a rule about what is not known does not hold', () => {
    expect(claimsOf(rules, { address: 'a', source: undefined }, plans).map(({ bucket }) => bucket)).toEqual([
      'visitor|a',
    ])
    expect(claimsOf(rules, {}, plans)).toEqual([])
  })
})

describe('plans', () => {
  test.each([
    ['', 5],
    [undefined, 5],
    ['large', 50],
    ['small', 1],
    ['partner', undefined],
    ['odd', 5],
    ['a plan of before', 5],
    ['constructor', 5],
    ['toString', 5],
  ])('a key of the plan %j has %j calls a second', (plan, rate) => {
    expect(limitFor(calls, plan, plans)?.rate).toBe(rate)
  })

  test('change nothing for addresses and sources', () => {
    expect(limitFor(visitor, 'odd', plans)).toBe(visitor)
  })

  test.each([
    ['small', '', true],
    ['', 'small', false],
    ['large', '', false],
    ['large', 'partner', true],
    ['partner', 'large', false],
    ['partner', 'partner', true],
    ['', '', true],
  ])('%j is within %j: %j', (plan, other, expected) => {
    expect(isPlanWithin(table, plan, other)).toBe(expected)
  })
})
