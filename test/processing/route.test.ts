// Which way an order goes, and what is refused before a pixel is decoded.
import { describe, expect, test } from 'vitest'
import { readEdit } from '../../processing/edit.ts'
import { chooseRoute } from '../../processing/route.ts'
import type { Facts, SourceFormat } from '../../transforms/facts.ts'
import type { OptimiseRequest } from '../../transforms/optimise/request.ts'
import { photo } from '../transforms/language-arbitraries.ts'

const facts = (format: SourceFormat, rest: Partial<Facts> = {}): Facts =>
  photo({ format, width: 100, height: 80, bytes: 1000, ...rest })
const film = (format: SourceFormat) => facts(format, { animated: true, pages: 5 })

type Row = readonly [Facts, string, OptimiseRequest, string | undefined, OptimiseRequest['format']]

describe('through which pixels, and into what', () => {
  const lossy = { mode: 'lossy' } as const
  const rows: readonly Row[] = [
    [facts('jpeg'), '', lossy, undefined, undefined],
    [facts('jpeg'), '', { mode: 'lossy', format: 'webp' }, undefined, 'webp'],
    [facts('jpeg'), '', { mode: 'lossy', format: 'auto' }, undefined, 'auto'],
    [facts('jpeg'), 'w=50', lossy, 'png', 'jpeg'],
    [facts('jpeg'), 'w=50', { mode: 'lossy', format: 'auto' }, 'png', 'auto'],
    [facts('png'), 'w=50', lossy, 'png', 'same'],
    [facts('avif'), 'w=50', lossy, 'png', 'avif'],
    [facts('webp'), 'w=50', lossy, 'png', 'webp'],
    [facts('jpeg'), '', { mode: 'lossy', format: 'png' }, 'png', 'same'],
    [facts('jpeg'), '', { mode: 'lossless', format: 'gif' }, 'gif', 'same'],
    [facts('tiff'), '', { mode: 'lossy', format: 'jpeg' }, 'png', 'jpeg'],
    [facts('svg'), '', lossy, undefined, undefined],
    [facts('svg'), '', { mode: 'lossless', format: 'png' }, 'png', 'same'],
    [facts('svg'), 'w=50', { mode: 'lossy', format: 'webp' }, 'png', 'webp'],
    [film('gif'), '', lossy, undefined, undefined],
    [film('gif'), 'w=50', lossy, 'gif', 'same'],
    [film('gif'), 'w=50', { mode: 'lossy', format: 'webp' }, 'webp', 'same'],
    [film('gif'), 'w=50', { mode: 'lossy', format: 'auto' }, 'gif', 'same'],
    [film('webp'), 'w=50', lossy, 'webp', 'same'],
    [film('webp'), '', { mode: 'lossy', format: 'gif' }, 'gif', 'same'],
    [film('png'), '', lossy, undefined, undefined],
  ]
  test.each(rows)('%o, edit %j, request %o: through %s as %s', (source, edit, request, through, format) => {
    const route = chooseRoute(source, edit, request)
    expect(route.through).toBe(through)
    expect(route.request.format).toBe(format)
  })
})

describe('without loss', () => {
  test.each(['jpeg', 'avif'] as const)(
    '%s cannot hold new pixels, so it gets the best and says so',
    (format) => {
      const route = chooseRoute(facts(format), 'w=50', { mode: 'lossless' })
      expect(route.request).toMatchObject({ mode: 'lossy', level: 'max', format })
      expect(route.note).toContain('lossless')
      expect(chooseRoute(facts('png'), '', { mode: 'lossless', format }).request).toMatchObject({
        level: 'max',
      })
    },
  )

  test.each(['png', 'webp', 'gif'] as const)('%s stays lossless', (format) => {
    expect(chooseRoute(facts('jpeg'), 'w=50', { mode: 'lossless', format }).request.mode).toBe('lossless')
  })

  test('an unedited JPEG stays what it is', () => {
    expect(chooseRoute(facts('jpeg'), '', { mode: 'lossless' })).toEqual({ request: { mode: 'lossless' } })
  })
})

describe('refused', () => {
  test.each([
    ['an edit of an SVG that stays one', facts('svg'), 'w=50', 'same', 'bad-option', 'format'],
    ['an edit of an SVG into whatever is best', facts('svg'), 'w=50', 'auto', 'bad-option', 'format'],
    ['a film as a JPEG', film('gif'), 'w=50', 'jpeg', 'bad-option', 'format'],
    ['a film as a PNG', film('webp'), '', 'png', 'bad-option', 'format'],
    ['an edit of an animated PNG that stays one', film('png'), 'w=50', 'same', 'bad-option', 'format'],
    ['a HEIC that stays one', facts('heic'), 'w=50', 'same', 'source-unsupported', undefined],
    ['a TIFF that stays one', facts('tiff'), 'w=50', 'same', 'source-unsupported', 'format'],
    [
      'a HEIC that is neither edited nor converted',
      facts('heic'),
      '',
      'same',
      'source-unsupported',
      'format',
    ],
    ['a PDF that stays one', facts('pdf'), '', 'same', 'source-unsupported', 'format'],
    ['a film that stays one', facts('mp4'), '', 'same', 'source-unsupported', 'format'],
  ] as const)('is %s', (_, source, edit, format, kind, option) => {
    const route = () => chooseRoute(source, edit, { mode: 'lossy', format })
    expect(route).toThrow(expect.objectContaining({ kind }))
    if (option)
      expect(route).toThrow(expect.objectContaining({ details: expect.objectContaining({ option }) }))
  })

  test.each(['fm', 'q', 'lossless', 'auto'])('is %s in an edit: that is asked of the optimiser', (option) => {
    const value = { fm: 'png', q: '50', lossless: 'true', auto: 'format' }[option]
    expect(() => readEdit(`w=50&${option}=${value}`)).toThrow(
      expect.objectContaining({ kind: 'bad-option', details: expect.objectContaining({ option }) }),
    )
  })

  test('is what the language refuses', () => {
    expect(() => readEdit('w=50&fit=sideways')).toThrow(expect.objectContaining({ kind: 'bad-option' }))
  })
})
