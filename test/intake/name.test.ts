import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { addressName, dispositionName, safeName } from '../../api/intake/file-name.ts'
import { typeOf } from '../../api/intake/media-type.ts'

describe('the name of a received file', () => {
  test.each([
    ['kitten.jpg', 'kitten.jpg'],
    [undefined, 'file'],
    ['', 'file'],
    ['...', 'file'],
    ['/', 'file'],
    ['/etc/passwd', 'passwd'],
    ['..\\..\\boot.ini', 'boot.ini'],
    ['photos/', 'photos'],
    ['.htaccess', 'htaccess'],
    ['мой кот.png', 'мой кот.png'],
    ['子猫.webp', '子猫.webp'],
    ['👩‍👩‍👧.gif', '👩‍👩‍👧.gif'],
    ['cafe\u0301.jpg', 'café.jpg'],
    ['evil\u202egpj.exe', 'evilgpj.exe'],
    ['a\r\nset-cookie: b', 'aset-cookie_ b'],
    ['a"b<c>|d?.jpg', 'a_b_c__d_.jpg'],
    ['nul.txt', '_nul.txt'],
    ['con', '_con'],
    ['icon.png', 'icon.png'],
    ['a\u00a0\u3000 b', 'a b'],
    ['x\ud800y', 'x\ufffdy'],
    [`${'a'.repeat(300)}.jpeg`, `${'a'.repeat(195)}.jpeg`],
    ['猫'.repeat(100), '猫'.repeat(66)],
  ])('%j is %j', (said, name) => {
    expect(safeName(said)).toBe(name)
  })

  const anything = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 400 }),
    fc.string({ unit: 'grapheme', maxLength: 400 }),
    fc
      .array(
        fc.constantFrom('/', '\\', '.', '..', ' ', '\0', '\u202e', '\u200b', 'e', '\u0301', '"', 'con', '猫'),
      )
      .map((parts) => parts.join('')),
  )

  test('is one segment that a file system takes and a header can carry, whatever was said', () => {
    fc.assert(
      fc.property(anything, (said) => {
        const name = safeName(said)
        expect(Buffer.byteLength(name)).toBeLessThanOrEqual(200)
        expect(name).not.toMatch(/^$|^\.|^\s|[. ]$|[/\\"<>:|?*]|\p{Cc}|\p{Cs}|[\u202a-\u202e\u2066-\u2069]/u)
        expect(name.isWellFormed()).toBe(true)
      }),
      { numRuns: 2000 },
    )
  })

  test('is its own safe name', () => {
    fc.assert(
      fc.property(anything, (said) => {
        expect(safeName(safeName(said))).toBe(safeName(said))
      }),
      { numRuns: 2000 },
    )
  })
})

describe('the name in a Content-Disposition', () => {
  test.each([
    [undefined, undefined],
    ['attachment', undefined],
    ['attachment; filename=plain.jpg', 'plain.jpg'],
    ['attachment; filename="with space; and semicolon.jpg"', 'with space; and semicolon.jpg'],
    ['attachment; filename="a\\"b.jpg"', 'a"b.jpg'],
    ['inline; filename="x.jpg"; filename*=UTF-8\'\'%e2%82%ac.jpg', '€.jpg'],
    ["inline; filename*=UTF-8''%ff.jpg", '%ff.jpg'],
    [`attachment; filename="${Buffer.from('кот.jpg').toString('latin1')}"`, 'кот.jpg'],
    ['attachment; filename="caf\xe9.jpg"', 'café.jpg'],
  ])('%j is %j', (header, name) => {
    expect(dispositionName(header)).toBe(name)
  })
})

test.each([
  ['https://a.example/x/kitten.jpg?w=1', 'kitten.jpg'],
  ['https://a.example/x/', 'x'],
  ['https://a.example/', undefined],
  ['https://a.example/%E2%82%AC.jpg', '€.jpg'],
  ['https://a.example/%ff.jpg', '%ff.jpg'],
])('the name in the address %s is %j', (address, name) => {
  expect(addressName(new URL(address))).toBe(name)
})

describe('the type of a received file', () => {
  test.each([
    ['jpeg', 'text/html', 'image/jpeg'],
    ['svg', 'image/png', 'image/svg+xml'],
    [undefined, 'image/heic', 'image/heic'],
    [undefined, 'Video/MP4; codecs=av01', 'video/mp4'],
    [undefined, 'text/plain; charset=utf-8', 'text/plain'],
    [undefined, 'application/pdf', 'application/pdf'],
    [
      undefined,
      'application/vnd.openxmlformats-officedocument.wordprocessingml.document',
      'application/octet-stream',
    ],
    [undefined, 'image/svg+xml', 'application/octet-stream'],
    [undefined, 'text/html', 'application/octet-stream'],
    [undefined, 'application/xhtml+xml', 'application/octet-stream'],
    [undefined, 'text/xml', 'application/octet-stream'],
    [undefined, 'application/rss+xml', 'application/octet-stream'],
    [undefined, 'text/javascript', 'application/octet-stream'],
    [undefined, 'application/ecmascript', 'application/octet-stream'],
    [undefined, 'application/wasm', 'application/octet-stream'],
    [undefined, 'text/css', 'application/octet-stream'],
    [undefined, 'multipart/x-mixed-replace', 'application/octet-stream'],
    [undefined, 'message/rfc822', 'application/octet-stream'],
    [undefined, 'image/png\r\nx: y', 'application/octet-stream'],
    [undefined, '*/*', 'application/octet-stream'],
    [undefined, 'nonsense', 'application/octet-stream'],
    [undefined, undefined, 'application/octet-stream'],
  ] as const)('of %s, said to be %j, is %s', (format, said, type) => {
    expect(typeOf(format, said)).toBe(type)
  })
})
