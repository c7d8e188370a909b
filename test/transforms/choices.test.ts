// What may answer beside the plan's own encoding: the source's bytes, and other encodings of the same picture.
import { describe, expect, test } from 'vitest'
import {
  affordable,
  defaultLimits,
  exact,
  type Facts,
  type FormatClass,
  parse,
  plan,
} from '../../transforms/index.ts'
import type { Plan } from '../../transforms/plan/plan.ts'
import { price } from '../../transforms/price.ts'
import { photo } from './language-arbitraries.ts'

const small = { width: 800, height: 600 }
const facts = {
  jpeg: photo(small),
  progressive: photo({ ...small, progressive: true }),
  lying: photo({ ...small, orientation: 6 }),
  cmyk: photo({ ...small, space: 'cmyk' }),
  png: photo({ ...small, format: 'png' }),
  lyingPng: photo({ ...small, format: 'png', orientation: 6 }),
  holed: photo({ ...small, format: 'png', alpha: true }),
  apng: photo({ ...small, format: 'png', animated: true }),
  gif: photo({ ...small, format: 'gif', space: 'palette' }),
  film: photo({ ...small, format: 'gif', space: 'palette', animated: true, pages: 5 }),
  webp: photo({ ...small, format: 'webp' }),
  losslessWebp: photo({ ...small, format: 'webp', lossless: true }),
  losslessFilm: photo({ ...small, format: 'webp', lossless: true, animated: true, pages: 5 }),
  avif: photo({ ...small, format: 'avif' }),
  tiff: photo({ ...small, format: 'tiff' }),
  svg: photo({ ...small, format: 'svg' }),
} satisfies Record<string, Facts>
type Name = keyof typeof facts

const planned = (name: Name, query: string, formats: FormatClass = 'avif,webp'): Plan =>
  plan(exact(parse(query), { formats, saveData: false }), facts[name])

describe("the source's own bytes", () => {
  test.each<[Name, query: string, role: Plan['source'], formats?: FormatClass]>([
    // Nothing that changes a pixel was asked for.
    ['jpeg', '', 'instead'],
    ['png', '', 'instead'],
    ['gif', '', 'instead'],
    ['film', '', 'instead'],
    ['webp', '', 'instead'],
    ['avif', '', 'instead'],
    ['jpeg', 'fm=jpg', 'instead'],
    ['webp', 'fm=webp&lossless=true', 'instead'],
    ['jpeg', 'w=4000&fit=max', 'instead'],
    ['jpeg', 'w=800&h=600&fit=crop', 'instead'],
    ['progressive', 'fm=pjpg', 'instead'],
    ['lying', '', 'instead'],
    ['lying', 'or=1', 'instead'],
    ['apng', '', 'instead'],
    ['apng', 'auto=format', 'instead'],
    // A strength was asked for: it answers where nothing made so is smaller.
    ['jpeg', 'q=75', 'smallest'],
    ['jpeg', 'q=auto', 'smallest'],
    ['jpeg', 'auto=compress', 'smallest'],
    ['film', 'auto=format', 'smallest', 'avif'],
    ['jpeg', 'auto=format', 'smallest'],
    ['webp', 'auto=format', 'smallest', 'webp'],
    ['avif', 'auto=format', 'smallest', 'avif'],
    ['jpeg', 'fm=basic', 'smallest'],
    ['jpeg', 'lossless=true&auto=format', 'smallest'],
    // They are not what was asked for.
    ['jpeg', 'w=400', undefined],
    ['jpeg', 'fm=webp', undefined],
    ['jpeg', 'fm=pjpg', undefined],
    ['jpeg', 'flip=h', undefined],
    ['jpeg', 'blur=20', undefined],
    ['jpeg', 'rect=0,0,10,10', undefined],
    ['holed', 'bg=fff', undefined],
    ['film', 'frame=1', undefined],
    ['apng', 'frame=1', undefined],
    ['film', 'fm=jpg', undefined],
    ['lying', 'or=3', undefined],
    ['lyingPng', '', undefined],
    ['webp', 'auto=format', undefined, 'basic'],
    ['avif', 'auto=format', undefined, 'webp'],
    // Not every browser would show them.
    ['cmyk', '', undefined],
    ['tiff', '', undefined],
    ['svg', '', undefined],
  ])('of %s for %s: %s', (name, query, role, formats) => {
    expect(planned(name, query, formats).source).toBe(role)
  })
})

describe('other encodings', () => {
  const written = ({ encoding, others = [] }: Plan): string =>
    [encoding, ...others]
      .map(({ format, lossless, drawn }) => `${format}${lossless ? ' lossless' : ''}${drawn ? '?' : ''}`)
      .join(', ')

  // A question mark stands for "if the pixels show a drawing".
  test.each<[Name, query: string, formats: FormatClass, ways: string]>([
    ['jpeg', 'w=400', 'avif,webp', 'jpeg'],
    ['png', 'w=400', 'avif,webp', 'png lossless'],
    ['jpeg', 'w=400&auto=format', 'avif,webp', 'avif, jpeg'],
    ['jpeg', 'w=400&auto=format', 'webp', 'webp, jpeg'],
    ['jpeg', 'w=400&auto=format', 'basic', 'jpeg'],
    ['png', 'w=400&auto=format', 'avif,webp', 'avif, webp lossless?, png lossless?'],
    ['png', 'w=400&auto=format', 'avif', 'avif, png lossless?'],
    ['png', 'w=400&auto=format', 'basic', 'png lossless'],
    ['gif', 'w=400&auto=format', 'basic', 'png lossless, gif lossless'],
    ['webp', 'w=400&auto=format', 'avif,webp', 'avif, webp'],
    ['avif', 'w=400&auto=format', 'webp', 'webp'],
    ['losslessWebp', 'w=400&auto=format', 'webp', 'webp, webp lossless?, png lossless?'],
    ['svg', 'w=400&auto=format', 'webp', 'webp, webp lossless?, png lossless?'],
    ['tiff', 'w=400', 'avif,webp', 'jpeg, png lossless?'],
    ['film', 'w=400&auto=format', 'avif,webp', 'webp, webp lossless?, gif lossless'],
    ['film', 'w=400&auto=format', 'avif', 'gif lossless'],
    ['losslessFilm', 'w=400', 'avif,webp', 'webp lossless'],
    ['losslessFilm', 'w=400&q=50', 'avif,webp', 'webp'],
    // Of few pixels a file's frame weighs more than they do.
    ['jpeg', 'w=99&auto=format', 'avif,webp', 'avif, jpeg, webp'],
    ['png', 'w=99&auto=format', 'avif,webp', 'avif, webp, webp lossless, png lossless'],
    ['png', 'w=400&lossless=true&auto=format', 'avif,webp', 'webp lossless, png lossless?'],
    ['jpeg', 'w=400&lossless=true&auto=format', 'avif,webp', 'webp lossless, png lossless?'],
    ['jpeg', 'w=400&lossless=true&auto=format', 'avif', 'avif lossless, png lossless?'],
    // A quality that is looked for is looked for once.
    ['jpeg', 'w=400&q=auto&auto=format', 'avif,webp', 'avif'],
    ['png', 'w=400&q=auto&auto=format', 'avif,webp', 'avif, webp lossless?, png lossless?'],
    // On a see-through canvas there is no JPEG.
    ['jpeg', 'w=400&h=400&fit=fill&bg=0fff&auto=format', 'avif,webp', 'avif'],
  ])('of %s for %s by a reader of %s: %s', (name, query, formats, ways) => {
    expect(written(planned(name, query, formats))).toBe(ways)
  })

  test('of a still are left out where its pixels would not fit into memory', () => {
    expect(plan({ formats: 'avif,webp' }, { ...facts.png, width: 8000, height: 6000 }).others).toBeUndefined()
  })

  test('of a film that would not fit cost what a few of its frames cost', () => {
    const film = { ...facts.film, pages: 100 }
    const longer = { ...film, pages: 200, bytes: 2 * film.bytes }
    const extra = (film: Facts): number => {
      const { others, ...alone } = plan({ formats: 'avif,webp' }, film)
      expect(others).toHaveLength(2)
      return price({ ...alone, ...(others && { others }) }, film) - price(alone, film)
    }
    expect(extra(longer)).toBeCloseTo(extra(film))
  })

  test('cost what they cost', () => {
    const { others: _, ...alone } = planned('png', 'w=400&auto=format')
    expect(price(planned('png', 'w=400&auto=format'), facts.png)).toBeGreaterThan(price(alone, facts.png))
  })
})

describe('what can be paid for', () => {
  const limits = { ...defaultLimits, maxPriceMs: 100 }

  test('leaves out other encodings first', () => {
    const asked = planned('png', 'w=800&h=500&fit=crop&auto=format')
    const able = affordable(asked, facts.png, { ...limits, maxPriceMs: price(asked, facts.png) - 1 })
    expect(able).toEqual({ ...asked, others: undefined })
  })

  test("then leaves the source's own bytes as the only answer, at the price of reading them", () => {
    const long = { ...facts.film, pages: 380 }
    const asked = plan({}, long)
    const { source: _, ...made } = asked
    const able = affordable(asked, long, { ...limits, maxPriceMs: price(made, long) - 1 })
    expect(able.source).toBe('only')
    expect(price(able, long)).toBeLessThan(price(made, long))
  })

  test('stays too much where the bytes are no answer', () => {
    const large = photo({ width: 8000, height: 6000, format: 'png' })
    const able = affordable(plan({ flip: 'h' }, large), large, limits)
    expect(able.source).toBeUndefined()
    expect(price(able, large)).toBeGreaterThan(100)
  })
})
