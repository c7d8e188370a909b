// Which pictures an address may name beside its own, and how the exact address names them.
import { describe, expect, test } from 'vitest'
import { type EdgeSource, makeExact } from '../../edge/exact-request.ts'
import { parseExactPath } from '../../transforms/index.ts'
import { failureOf } from '../refusals.ts'

const open: EdgeSource = { signing: { scheme: 'hmac-sha256', keys: [] }, defaults: '', isNamed: true }
const closed: EdgeSource = { ...open, signing: { scheme: 'hmac-sha256', keys: ['a-key-of-16-chars'] } }
const sources = new Map<string, EdgeSource>([
  ['photos', open],
  ['logos', open],
  ['private', closed],
  ['web', { ...open, isNamed: false, isWeb: true }],
  ['marked', { ...open, defaults: 'mark=logos:dot.png' }],
])
const withoutWeb = new Map([...sources].filter(([name]) => name !== 'web'))

const exact = (target: string, known = sources) => makeExact({ target, headers: {}, now: 0 }, known).path

describe('a mark', () => {
  test.each([
    ['/photos/cat.jpg?mark=/logo.png', 'photos:logo.png'],
    ['/photos/cat.jpg?mark=logo.png', 'photos:logo.png'],
    ['/photos/cat.jpg?mark=logos:a/dot.png', 'logos:a/dot.png'],
    ['/photos/cat.jpg?mark=logos:/a//dot.png', 'logos:a/dot.png'],
    ['/photos/cat.jpg?mark=/a%20b.png', 'photos:a%2520b.png'],
    ['/photos/cat.jpg?mark64=L2xvZ28ucG5n', 'photos:logo.png'],
    ['/photos/cat.jpg?mark=/logo.png&mark-base=logos:brand/', 'logos:brand/logo.png'],
    [
      '/photos/cat.jpg?mark=/logo.png&mark-base=https://img.example.org/x',
      'web:https://img.example.org/x/logo.png',
    ],
    [
      '/photos/cat.jpg?mark=https%3A%2F%2Fimg.example.org%2Fa.png%3Fv%3D1',
      'web:https://img.example.org/a.png%3Fv%3D1',
    ],
    [
      '/web/https%3A%2F%2Fa.example%2Fb.jpg?mark=https://img.example.org/a.png',
      'web:https://img.example.org/a.png',
    ],
    ['/marked/cat.jpg', 'logos:dot.png'],
  ])('%s is %s', (target, mark) => {
    const path = exact(target)
    expect(path).toContain(`&mark=${mark}&`.replace(/^&/, ''))
    expect(parseExactPath(path).spec.mark).toBeDefined()
  })

  test('a source may show its own pictures, whoever signs its addresses; nobody else may show them', () => {
    expect(failureOf(() => exact('/photos/cat.jpg?mark=private:plan.png')).message).toMatch(/signed/)
    expect(failureOf(() => exact('/photos/cat.jpg?blend=private:plan.png')).details.option).toBe('blend')
    expect(failureOf(() => exact('/photos/cat.jpg?mask=private:plan.png')).details.option).toBe('mask')
    expect(failureOf(() => exact('/private/cat.jpg?mark=/plan.png')).kind).toBe('bad-signature')
  })

  test.each([
    ['/photos/cat.jpg?mark=nowhere:a.png', 'bad-option'],
    ['/photos/cat.jpg?mark=/logo.png%3Fw=100', 'bad-option'],
    ['/photos/cat.jpg?mark=logos:../secret.png', 'bad-address'],
    ['/photos/cat.jpg?mark=logos:%252e%252e/secret.png', 'bad-address'],
    ['/photos/cat.jpg?mark=logos:a%5Cb.png', 'bad-address'],
  ])('%s is refused', (target, kind) => {
    expect(failureOf(() => exact(target)).kind).toBe(kind)
  })

  test('a web address needs a source that fetches the web', () => {
    const refused = failureOf(() => exact('/photos/cat.jpg?mark=https://img.example.org/a.png', withoutWeb))
    expect([refused.kind, refused.details.option]).toEqual(['bad-option', 'mark'])
  })
})

test.each([
  '/photos/cat.jpg?mark=/dot.png&rev=3',
  '/photos/cat.jpg?mark=logos:..%2Fdot.png&rev=3',
  '/photos/cat.jpg?mark=logos:%2E%2E/dot.png&rev=3',
  '/photos/cat.jpg?mark=Logos:dot.png&rev=3',
])('an exact address names no picture unsafely: %s', (address) => {
  expect(['bad-address', 'bad-option']).toContain(failureOf(() => parseExactPath(address)).kind)
})
