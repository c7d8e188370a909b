// Two makings of one picture: at once, and as well as it can be.
import { describe, expect, test } from 'vitest'
import {
  defaultLimits,
  exact,
  type Facts,
  type FormatClass,
  parse,
  plan,
  price,
} from '../../transforms/index.ts'
import { makingsOf } from '../../transforms/making.ts'
import { photo } from './language-arbitraries.ts'

const large = photo({ width: 4000, height: 3000, bytes: 4e6 })

function makings(
  query: string,
  facts: Facts = large,
  formats: FormatClass = 'avif,webp',
  limits = defaultLimits,
) {
  const spec = exact(parse(query), { formats, saveData: false })
  const whole = plan(spec, facts)
  return { whole, ...makingsOf(whole, spec, { facts, further: [] }, limits) }
}

describe('what takes long has a better one', () => {
  test.each([
    [
      'a searched quality: without its search first',
      'w=400&fm=webp&q=auto',
      { score: undefined },
      { score: 76 },
    ],
    ['an AVIF: with more effort', 'w=400&fm=avif', { thorough: undefined }, { thorough: true }],
    ['an AVIF by what the client reads', 'w=400&auto=format', { thorough: undefined }, { thorough: true }],
    [
      'a searched AVIF: searched, which is slow enough',
      'w=400&fm=avif&q=auto',
      { score: undefined },
      { score: 76, thorough: undefined },
    ],
  ])('%s', (_, query, first, better) => {
    const made = makings(query)
    expect({ ...made.first.encoding }).toMatchObject(present(first))
    for (const [name, value] of Object.entries(first))
      if (value === undefined) expect(made.first.encoding).not.toHaveProperty(name)
    expect(made.better?.encoding).toMatchObject(present(better))
    for (const [name, value] of Object.entries(better))
      if (value === undefined) expect(made.better?.encoding).not.toHaveProperty(name)
  })

  test.each([
    'w=400&fm=webp',
    'w=400&fm=jpg&q=60',
    'w=400&fm=avif&lossless=true',
    'w=400&fm=avif&max-bytes=9000',
    'w=400&fm=blurhash',
    'w=400&fm=png&q=auto',
  ])('other pictures are what they are at once: %s', (query) => {
    const { whole, first, better } = makings(query)
    expect([first, better]).toEqual([whole, undefined])
  })

  test('one that would cost more than a picture may stays as it is', () => {
    const { first, better } = makings('w=400&fm=avif&q=auto', large, 'avif,webp', {
      ...defaultLimits,
      maxPriceMs: 60,
    })
    expect([first.encoding.score, better]).toEqual([undefined, undefined])
  })

  test('a border that is looked for is cut off without a search, also in the plan that is made then', () => {
    const { first } = makings('w=400&fm=webp&trim=auto&q=auto')
    expect(first.spec?.trim).toBeDefined()
    expect(first.spec?.quality).toBeUndefined()
  })
})

describe('an AVIF that would be late', () => {
  test('is a JPEG first, where it was the client that reads both', () => {
    const { first, better } = makings('w=2000&auto=format')
    expect([first.encoding.format, better?.encoding.format]).toEqual(['jpeg', 'avif'])
    expect(price(first, large) * 1.5).toBeLessThan(price(makings('w=2000&fm=avif').first, large))
  })

  test.each([
    ['it was asked for by name', 'w=2000&fm=avif', large],
    ['it is soon made', 'w=400&auto=format', large],
    [
      'no JPEG can hold it',
      'w=2000&auto=format',
      photo({ width: 4000, height: 3000, format: 'png', alpha: true }),
    ],
  ])('but not where %s', (_, query, facts) => {
    expect(makings(query, facts).first.encoding.format).toBe('avif')
  })
})

const present = (record: Readonly<Record<string, unknown>>) =>
  Object.fromEntries(Object.entries(record).filter(([, value]) => value !== undefined))
