// Signatures by example, from the vectors that other implementations of the edge share.
import { describe, expect, test } from 'vitest'
import { makeExact } from '../../edge/exact-request.ts'
import { type Scheme, sign } from '../../edge/signature.ts'
import { kindOf } from '../refusals.ts'
import vectors from '../vectors/signatures.json' with { type: 'json' }

const now = vectors.now * 1000

describe.each(['hmac-sha256', 'imgix-md5'] as const)(
  'an address and its signature by %s',
  (scheme: Scheme) => {
    const cases = vectors.cases.filter((vector) => vector.scheme === scheme)
    test.each(cases)('$outcome: $why', ({ keys, target, outcome }) => {
      const sources = new Map([['photos', { signing: { scheme, keys }, defaults: '' }]])
      sources.set('web', { signing: { scheme, keys }, defaults: '' })
      expect(kindOf(() => makeExact({ target, headers: {}, now }, sources))).toBe(outcome)
    })

    const signed = cases.filter(({ why }) => why === 'signed as it is sent')
    test.each(signed)('is signed as the vectors are: $target', ({ keys, target }) => {
      expect(sign(target.replace(/[?&]s=[^&]*$/, ''), { scheme, keys })).toBe(target)
    })
  },
)
