import { describe, expect, test } from 'vitest'
import { ConfigFault, makeConfig } from '../../config.ts'

const machine = { cores: 2, memoryBytes: 8e9 }
const read = (limits: unknown) => makeConfig({ limits: limits as never }, {}, machine).limits
const calls = { name: 'calls', per: 'key', of: ['api'], rate: 5, burst: 20 }
const visitor = { name: 'visitor', per: 'address', of: ['pictures'], rate: 0.001, burst: 1 }

describe('the rule table', () => {
  test('is an object in the file, JSON in the environment, and nothing by default', () => {
    const written = {
      rules: [calls, visitor],
      plans: { large: { calls: { rate: 0.3, burst: 2 } }, free: { calls: null } },
    }
    expect(read(written)).toEqual(written)
    expect(makeConfig({}, { HALFTONE_LIMITS: JSON.stringify(written) }, machine).limits).toEqual(written)
    expect(read({ rules: [calls] })).toEqual({ rules: [calls], plans: {} })
    expect(read(undefined)).toBeUndefined()
  })

  test.each([
    ['not JSON', '{rules', 'expected'],
    ['a rate finer than a thousandth', { rules: [{ ...calls, rate: 0.0005 }] }, 'limits'],
    ['a rate of nothing', { rules: [{ ...calls, rate: 0 }] }, 'limits'],
    ['a burst of a half', { rules: [{ ...calls, burst: 1.5 }] }, 'limits'],
    ['a name that no header takes', { rules: [{ ...calls, name: 'a "b"' }] }, 'expected a name'],
    ['an unknown word', { rules: [{ ...calls, every: 1 }] }, 'every'],
    ['two of one name', { rules: [calls, calls] }, "two rules with the name 'calls'"],
    ['keys of pictures', { rules: [{ ...calls, of: ['pictures'] }] }, 'only requests of the API carry a key'],
    ['sources of the API', { rules: [{ ...calls, per: 'source' }] }, 'have no source'],
    ['pictures and misses', { rules: [{ ...visitor, of: ['pictures', 'misses'] }] }, 'one of the two words'],
    [
      'a plan about an address',
      { rules: [visitor], plans: { p: { visitor: null } } },
      "no rule 'visitor' about keys",
    ],
  ])('refuses %s', (_, written, sentence) => {
    expect(() => read(written)).toThrow(ConfigFault)
    expect(() => read(written)).toThrow(sentence)
  })
})
