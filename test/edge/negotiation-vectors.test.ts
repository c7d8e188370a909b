// Negotiation by example, from the vectors that other implementations of the edge share.
import { describe, expect, test } from 'vitest'
import { classOf } from '../../edge/client-class.ts'
import { makeExact } from '../../edge/exact-request.ts'
import { type ClientHeaders, clientOf, formatClass } from '../../edge/negotiate.ts'
import { revision } from '../../transforms/index.ts'
import vectors from '../vectors/negotiation.json' with { type: 'json' }

const short = (text: string | null): string => JSON.stringify(text)?.slice(0, 60)

describe('an Accept header and its class', () => {
  test.each(vectors.accept.map(({ accept, formats }) => [short(accept), formats, accept] as const))(
    '%s is %s',
    (_, formats, accept) => {
      expect(formatClass(accept ?? undefined)).toBe(formats)
      expect(classOf(accept ?? '')).toBe(formats)
    },
  )
})

describe('the headers of a client and what counts of them', () => {
  test.each(vectors.hints)('$headers', ({ headers, client }) => {
    expect(clientOf(headers as ClientHeaders)).toEqual(client)
  })
})

describe('a query, its client, and the one picture that is meant', () => {
  const sources = new Map([
    ['photos', { signing: { scheme: 'hmac-sha256' as const, keys: [] }, defaults: '' }],
  ])

  test.each(vectors.pictures)('$query for $headers is $canonical', ({ query, headers, canonical, vary }) => {
    const target = `/photos/cat.jpg?${query}`
    const exact = makeExact({ target, headers: headers as ClientHeaders, now: 0 }, sources)
    expect(exact.path).toBe(`/photos/cat.jpg?${canonical}${canonical === '' ? '' : '&'}rev=${revision}`)
    expect(exact.vary).toBe(vary)
  })
})
