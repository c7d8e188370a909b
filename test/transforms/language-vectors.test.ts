// The native language by example, from the vectors that other languages and other implementations share.
import { describe, expect, test } from 'vitest'
import {
  type Client,
  canonical,
  exact,
  exactPath,
  nameOf,
  parse,
  parseCanonical,
  parseExactPath,
  parsePath,
  pathOfName,
} from '../../transforms/index.ts'
import { failureOf } from '../refusals.ts'
import addresses from '../vectors/addresses.json' with { type: 'json' }
import options from '../vectors/options.json' with { type: 'json' }

const plain: Client = { formats: 'avif,webp', saveData: false }

const keyOf = (query: string, client: object = {}): string =>
  canonical(exact(parse(query), { ...plain, ...client }))

describe('a query and its canonical text', () => {
  test.each(options.accepted)('$query -> $canonical', (vector) => {
    expect(keyOf(vector.query, 'client' in vector ? vector.client : {})).toBe(vector.canonical)
    expect(canonical(parseCanonical(vector.canonical))).toBe(vector.canonical)
  })
})

describe('a query that is refused', () => {
  test.each(options.refused)('$query', ({ query, option, message }) => {
    const failure = failureOf(() => keyOf(query))
    expect(failure.kind).toBe('bad-option')
    expect(failure.message).toBe(message)
    expect(failure.details.option).toBe(option)
  })
})

describe('a path and its exact address', () => {
  test.each(addresses.accepted)('$raw -> $exact', ({ raw, source, path, exact: address }) => {
    expect(parsePath(raw)).toEqual({ source, path })
    expect(exactPath(source, path, {})).toBe(address)
    expect(parseExactPath(address)).toEqual({ source, path, spec: {}, isCurrent: true })
  })
})

describe('a path that names a file', () => {
  test.each(addresses.named)('$name has one exact address', ({ raws, name, exact: address }) => {
    for (const raw of raws) {
      const { source, path } = parsePath(raw)
      expect(nameOf(path)).toBe(name)
      expect(exactPath(source, pathOfName(path), {})).toBe(address)
      expect(nameOf(parseExactPath(address).path)).toBe(name)
    }
  })

  test.each(addresses.nameless.map((raw) => [raw]))('%s is refused: it is no text', (raw) => {
    expect(failureOf(() => pathOfName(parsePath(raw).path)).kind).toBe('bad-address')
  })
})

describe('a path that is refused', () => {
  test.each(addresses.refused.map((raw) => [raw]))('%s', (raw) => {
    expect(failureOf(() => parsePath(raw)).kind).toBe('bad-address')
  })
})

test('an exact address of another revision is read, and told apart', () => {
  const { isCurrent, spec } = parseExactPath('/photos/cat.jpg?w=640&rev=999')
  expect([isCurrent, spec]).toEqual([false, { width: { px: 640 } }])
})

describe('an exact address that is refused', () => {
  test.each([
    ['/photos/cat.jpg', 'bad-address'],
    ['/photos/cat.jpg?', 'bad-option'],
    ['/photos/cat.jpg?w=640', 'bad-option'],
    ['/photos/cat.jpg?rev=x', 'bad-option'],
    ['/photos/cat.jpg?rev=0&rev=3', 'bad-option'],
    ['/photos/cat.jpg?w=640&h=480&rev=3', 'bad-option'],
    ['/photos/cat.jpg?h=480&h=480&rev=3', 'bad-option'],
    ['/photos/cat.jpg?width=640&rev=3', 'bad-option'],
    ['/photos/cat.jpg?auto=format&rev=3', 'bad-option'],
    ['/photos/cat.jpg?dpr=1&w=0.5&rev=3', 'bad-option'],
    ['/photos/cat.jpg?__proto__=1&rev=3', 'bad-option'],
    ['/photos/c%61t.jpg?rev=3', 'bad-address'],
    ['/photos/a%2fb.jpg?rev=3', 'bad-address'],
    ['/web/https://example.org/a?rev=3', 'bad-address'],
    ['/web/https%3A//example.org/a?rev=3', 'bad-address'],
  ])('%s', (address, kind) => {
    expect(failureOf(() => parseExactPath(address)).kind).toBe(kind)
  })
})
