import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { classOf, kindOf, plainAccept } from '../../edge/client-class.ts'

describe('a plain request is one whose URL and Accept say everything', () => {
  test.each<[string, string[], string | undefined]>([
    ['nothing at all', [], ''],
    ['a browser', ['Host', 'a', 'User-Agent', 'b', 'Accept', 'image/webp', 'Referer', 'c'], 'image/webp'],
    ['any letter case', ['ACCEPT', 'image/avif'], 'image/avif'],
    ['names of the same length', ['Origin', 'x', 'Cookie', 'y', 'Cache', 'z'], ''],
    ['a condition', ['Accept', 'a', 'If-None-Match', '"x"'], undefined],
    ['a date', ['if-modified-since', 'x'], undefined],
    ['a range', ['Range', 'bytes=0-1'], undefined],
    ['a hint', ['Accept', 'a', 'Save-Data', 'on'], undefined],
    ['another hint', ['Sec-CH-Width', '300'], undefined],
    ['Accept in two parts', ['Accept', 'image/avif', 'Accept', 'image/webp'], undefined],
  ])('%s', (_, raw, accept) => {
    expect(plainAccept(raw)).toBe(accept)
  })

  test('both ways of reading find the same kind', () => {
    const accept = fc.constantFrom('image/avif,image/webp', 'image/webp', '*/*', '')
    fc.assert(
      fc.property(accept, fc.string(), (accept, agent) => {
        const plain = plainAccept(['Accept', accept, 'User-Agent', agent])
        expect(classOf(plain ?? 'not plain')).toBe(kindOf({ accept, 'user-agent': agent }))
      }),
    )
  })
})
