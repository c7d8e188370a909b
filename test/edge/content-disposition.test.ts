// Content-Disposition as RFC 6266 and RFC 8187 have it.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { dispositionOf } from '../../edge/content-disposition.ts'

describe('a file name', () => {
  test.each([
    ['cat.jpg', 'filename="cat.jpg"'],
    ['my cat.jpg', 'filename="my cat.jpg"'],
    ['Käse €.jpg', `filename="K_se _.jpg"; filename*=UTF-8''K%C3%A4se%20%E2%82%AC.jpg`],
    ['a"b.jpg', `filename="a_b.jpg"; filename*=UTF-8''a%22b.jpg`],
    ['50%.jpg', `filename="50_.jpg"; filename*=UTF-8''50%25.jpg`],
    ["it's (1)*é.jpg", `filename="it's (1)*_.jpg"; filename*=UTF-8''it%27s%20%281%29%2A%C3%A9.jpg`],
    ['../../etc/passwd', 'filename=".._.._etc_passwd"'],
    ['a\\b.jpg', 'filename="a_b.jpg"'],
  ])('%s', (name, parameters) => {
    expect(dispositionOf({ as: 'attachment', name }, undefined)).toBe(`attachment; ${parameters}`)
  })

  test('of any letters stays one header of ASCII', () => {
    const name = fc
      .string({ unit: 'binary', minLength: 1 })
      .filter((text) => text.isWellFormed() && !/\p{Cc}/u.test(text))
    fc.assert(
      fc.property(name, (name) => {
        const value = dispositionOf({ as: 'attachment', name }, undefined) ?? ''
        expect(value).toMatch(/^attachment; filename="[^"\\]*"(; filename\*=UTF-8''[\w!#$&+.^`|~%-]*)?$/)
        expect(value).toMatch(/^[\x20-\x7e]*$/)
      }),
    )
  })
})

describe('what the origin says of the file', () => {
  test.each([
    ['is told where the URL says nothing', undefined, 'inline', 'inline'],
    ['is nothing for a picture that was made', undefined, undefined, undefined],
    ['gives way to a download', { as: 'attachment' }, 'inline', 'attachment'],
    ['keeps a file closed that must not be opened', { as: 'inline' }, 'attachment', 'attachment'],
    ['takes the name', { name: 'a.svg' }, 'inline', 'inline; filename="a.svg"'],
    [
      'takes the name of a closed file',
      { as: 'inline', name: 'a' },
      'attachment',
      'attachment; filename="a"',
    ],
  ] as const)('%s', (_, asked, below, value) => {
    expect(dispositionOf(asked, below)).toBe(value)
  })
})
