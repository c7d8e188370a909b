// One picture, one key: what may be written differently without making a new picture, for any request.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  type Client,
  canonical,
  dependsOn,
  exact,
  exactPath,
  parse,
  parseCanonical,
  parseExactPath,
  parsePath,
} from '../../transforms/index.ts'
import { client, type Pair, pairs, write } from './language-arbitraries.ts'

const key = (query: string, asking: Client): string => canonical(exact(parse(query), asking))

/** Paths and texts are meant as they are written. */
const isText = (name: string): boolean =>
  ['mark', 'blend', 'mask', 'txt', 'txt-font', 'mark-base', 'then'].includes(name)

const base64 = ([name, value]: Pair): string =>
  name === 'auto' || name === 'ch'
    ? `${name}=${value}`
    : `${name}64=${Buffer.from(value).toString('base64url')}`

describe('the canonical text of any request', () => {
  test('is a fixed point, and reads back as the same spec', () => {
    fc.assert(
      fc.property(pairs, client, (some, asking) => {
        const spec = exact(parse(write(some)), asking)
        const text = canonical(spec)
        expect(canonical(parseCanonical(text))).toBe(text)
        expect(parseCanonical(text)).toEqual(parseCanonical(canonical(parseCanonical(text))))
        expect(text).toMatch(
          /^(?:[a-z-]+=[a-z0-9.,:-]+&|(?:mark|blend|mask|txt)=[\w.,:/%~!'()*-]+&|then=[\w.,:/%~!'()*;=-]+&)*rev=\d+$/,
        )
      }),
    )
  })

  test('read as a request, means itself; but for auto, which it says otherwise, and dpr, which it has applied', () => {
    fc.assert(
      fc.property(pairs, (some) => {
        const asking: Client = { formats: 'basic', saveData: false }
        const isSaidOnce = ([name, value]: Pair) =>
          name !== 'auto' && name !== 'dpr' && !(name === 'then' && /\bdpr\b/i.test(value))
        const text = key(write(some.filter(isSaidOnce)), asking)
        expect(key(text.replace('formats=', 'fm='), asking)).toBe(text)
      }),
    )
  })

  test('does not depend on order, case, repeats, Base64, unknown and tracking keys', () => {
    fc.assert(
      fc.property(pairs, client, fc.infiniteStream(fc.nat()), (some, asking, random) => {
        const expected = key(write(some), asking)
        const shuffled = [...some].sort(() => ((random.next().value ?? 0) % 2) - 0.5)
        expect(key(write(shuffled), asking)).toBe(expected)
        expect(
          key(write(some.map(([k, v]) => [k.toUpperCase(), isText(k) ? v : v.toUpperCase()])), asking),
        ).toBe(expected)
        expect(key(`${write(some)}&${write(some)}`, asking)).toBe(expected)
        expect(key(some.map(base64).join('&'), asking)).toBe(expected)
        expect(key(`ixlib=js&utm_source=a&${write(some)}&nonsense=%zz&s=abc&expires=1`, asking)).toBe(
          expected,
        )
      }),
    )
  })

  test('is the same for clients that differ only in what the options do not depend on', () => {
    fc.assert(
      fc.property(pairs, client, client, (some, one, other) => {
        const options = parse(write(some))
        const on = dependsOn(options)
        const mixed: Client = {
          formats: on.accept ? one.formats : other.formats,
          saveData: on.saveData ? one.saveData : other.saveData,
          ...pick('width', on.width ? one : other),
          ...pick('dpr', on.dpr ? one : other),
        }
        expect(canonical(exact(options, mixed))).toBe(canonical(exact(options, one)))
      }),
    )
  })
})

const pick = (name: 'width' | 'dpr', from: Client) => (from[name] === undefined ? {} : { [name]: from[name] })

describe('what an answer depends on', () => {
  const nothing = { accept: false, width: false, dpr: false, saveData: false }
  test.each([
    ['w=640', {}],
    ['auto=format', { accept: true }],
    ['auto=compress', {}],
    ['auto=format&fm=json', {}],
    ['ch=width', { width: true }],
    ['ch=dpr', {}],
    ['ch=dpr&w=100', { dpr: true }],
    ['ch=dpr&h=100', { dpr: true }],
    ['ch=save-data', { saveData: true }],
    ['ch=save-data&q=50', {}],
    ['ch=save-data&auto=compress', {}],
    ['ch=save-data&fm=png', {}],
    ['ch=save-data&fm=png&auto=format', { accept: true, saveData: true }],
    ['ch=save-data&lossless=1', {}],
    ['ch=width,dpr,save-data&auto=format&w=100', { accept: true, width: true, dpr: true, saveData: true }],
  ])('%s', (query, expected) => {
    expect(dependsOn(parse(query))).toEqual({ ...nothing, ...expected })
  })
})

describe('any path', () => {
  const piece = fc.oneof(
    fc.constantFrom(
      '..',
      '.',
      '%2e',
      '%2E%2e',
      '%252e%252e',
      '%00',
      '%5c',
      '\\',
      '/',
      '//',
      '%2f',
      'http://',
      'a',
    ),
    fc.string({ unit: 'binary' }),
    fc.string({ unit: 'binary' }).map((text) => encodeURIComponent(text.toWellFormed())),
  )
  const rawPath = fc.array(piece).map((pieces) => `/photos/${pieces.join('')}`)

  test('is refused, or safe and with one exact address', () => {
    fc.assert(
      fc.property(fc.oneof(rawPath, fc.string()), (raw) => {
        const place = accepted(raw)
        if (!place) return
        for (const read of [place.path, lenient(place.path)]) {
          expect(read).not.toMatch(/\p{Cc}|\\/u)
          expect(read.split('/').filter((segment) => segment === '.' || segment === '..')).toEqual([])
        }
        const address = exactPath(place.source, place.path, {})
        expect(parseExactPath(address)).toEqual({ ...place, spec: {}, isCurrent: true })
        expect(parsePath(address.slice(0, address.indexOf('?')))).toEqual(place)
      }),
      { numRuns: 1000 },
    )
  })
})

/** As a server reads it that decodes before it looks. */
const lenient = (path: string): string =>
  path.replace(/(?:%[0-9a-f]{2})+/gi, (run) => Buffer.from(run.replaceAll('%', ''), 'hex').toString())

function accepted(raw: string): ReturnType<typeof parsePath> | undefined {
  try {
    return parsePath(raw)
  } catch (thrown) {
    expect(thrown).toMatchObject({ kind: 'bad-address' })
    return undefined
  }
}
