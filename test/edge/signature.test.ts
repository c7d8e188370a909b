import { createHmac } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { refuseExpired, type Scheme, sign, verify } from '../../edge/signature.ts'
import { kindOf } from '../refusals.ts'

const ours = { scheme: 'hmac-sha256' as Scheme, keys: ['a-key-of-sixteen+', 'the-key-before-it'] }
const imgix = { scheme: 'imgix-md5' as Scheme, keys: ['tok3nABC'] }

describe('HMAC-SHA256 over path and query as sent', () => {
  test('is what a client in any language computes', () => {
    const target = '/photos/a%20cat.jpg?w=640&q=70'
    const s = createHmac('sha256', 'a-key-of-sixteen+').update(target).digest('base64url')
    expect(sign(target, ours)).toBe(`${target}&s=${s}`)
  })

  test('the first key signs, every key verifies', () => {
    const old = sign('/photos/cat.jpg', { ...ours, keys: ['the-key-before-it'] })
    expect(kindOf(() => verify(sign('/photos/cat.jpg', ours), ours))).toBe('passes')
    expect(kindOf(() => verify(old, ours))).toBe('passes')
    expect(kindOf(() => verify(old, { ...ours, keys: ['a-key-of-sixteen+'] }))).toBe('bad-signature')
  })

  test('a source without keys asks for none', () => {
    expect(kindOf(() => verify('/photos/cat.jpg?s=whatever', { ...ours, keys: [] }))).toBe('passes')
  })

  test.each([
    ['no signature', '/photos/cat.jpg?w=640'],
    ['an empty one', '/photos/cat.jpg?w=640&s='],
    ['two of them', `${sign('/photos/cat.jpg?w=640', ours)}&s=x`],
    ['another picture', sign('/photos/cat.jpg?w=640', ours).replace('cat', 'dog')],
    ['another option', sign('/photos/cat.jpg?w=640', ours).replace('640', '641')],
    ['one option more', sign('/photos/cat.jpg?w=640', ours).replace('?', '?h=9&')],
    ['another order', sign('/photos/cat.jpg?w=640&q=70', ours).replace('w=640&q=70', 'q=70&w=640')],
    ['another spelling of the same path', sign('/photos/cat.jpg', ours).replace('cat', '%63at')],
  ])('refuses %s', (_, target) => {
    expect(kindOf(() => verify(target, ours))).toBe('bad-signature')
  })

  test('whatever is signed verifies, and nothing else does', () => {
    fc.assert(
      fc.property(fc.webPath(), fc.webQueryParameters(), (path, query) => {
        const target = `/photos${path}?w=1&x=${encodeURIComponent(query)}`
        const signed = sign(target, ours)
        expect(kindOf(() => verify(signed, ours))).toBe('passes')
        expect(kindOf(() => verify(`${signed.slice(0, -1)}${signed.endsWith('A') ? 'E' : 'A'}`, ours))).toBe(
          'bad-signature',
        )
      }),
    )
  })
})

describe("imgix's MD5 over token, path and query", () => {
  test.each([
    ['/photos/cat.jpg?w=400&h=300&fit=crop', '4bc75262396aba81269ced2e57620387'],
    ['/photos/cat.jpg', '17eb29c5cba3d5741dc70370250d40ba'],
    ['/https%3A%2F%2Fassets.example.org%2Fa%2Fb.jpg?w=200', '4e7eb49c72a46771905e560321c3345e'],
  ])('%s', (target, s) => {
    expect(sign(target, imgix)).toBe(`${target}${target.includes('?') ? '&' : '?'}s=${s}`)
    expect(kindOf(() => verify(sign(target, imgix), imgix))).toBe('passes')
  })
})

describe('expiry', () => {
  test.each([
    ['no expiry', undefined, 'passes'],
    ['a second before', 1001, 'passes'],
    ['the very second', 1000, 'expired'],
    ['long past', 1, 'expired'],
  ])('%s', (_, expires, expected) => {
    expect(kindOf(() => refuseExpired(expires, 1_000_000))).toBe(expected)
  })
})
