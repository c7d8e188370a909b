// Which format comes out, how its encoder is set, and what becomes of transparency, frames and effects.
import { describe, expect, test } from 'vitest'
import { type Client, exact, type Facts, type FormatClass, parse, plan } from '../../transforms/index.ts'
import { photo } from './language-arbitraries.ts'

const planned = (query: string, but: Partial<Facts> = {}, client: Partial<Client> = {}) =>
  plan(exact(parse(query), { formats: 'basic', saveData: false, ...client }), photo(but))

const animation = { animated: true, pages: 5 }

describe('the format', () => {
  test.each<[query: string, formats: FormatClass, facts: Partial<Facts>, format: string]>([
    ['auto=format', 'avif,webp', {}, 'avif'],
    ['auto=format', 'avif', {}, 'avif'],
    ['auto=format', 'webp', {}, 'webp'],
    ['auto=format', 'basic', {}, 'jpeg'],
    ['auto=format', 'basic', { format: 'png' }, 'png'],
    ['auto=format', 'basic', { format: 'gif' }, 'png'],
    ['auto=format', 'basic', { format: 'svg', alpha: true }, 'png'],
    ['auto=format', 'basic', { format: 'webp' }, 'jpeg'],
    ['auto=format', 'basic', { format: 'webp', alpha: true }, 'png'],
    ['auto=format&bg=red', 'basic', { format: 'webp', alpha: true }, 'jpeg'],
    ['auto=format', 'basic', { format: 'heic' }, 'jpeg'],
    ['auto=format&fm=png', 'basic', {}, 'png'],
    ['auto=format&fm=png', 'webp', {}, 'webp'],
    ['auto=format&lossless=1', 'basic', {}, 'png'],
    ['auto=format&w=9&h=9&fit=fill&bg=0fff', 'basic', {}, 'png'],
    ['', 'avif,webp', {}, 'jpeg'],
    ['', 'basic', { format: 'png' }, 'png'],
    ['', 'basic', { format: 'gif' }, 'gif'],
    ['', 'basic', { format: 'webp' }, 'webp'],
    ['', 'basic', { format: 'avif' }, 'avif'],
    ['', 'basic', { format: 'svg', alpha: true }, 'png'],
    ['', 'basic', { format: 'tiff' }, 'jpeg'],
    ['', 'basic', { format: 'tiff', alpha: true }, 'png'],
    ['', 'basic', { format: 'bmp' }, 'png'],
    ['lossless=1', 'basic', {}, 'png'],
    ['fm=jpg', 'avif,webp', {}, 'jpeg'],
    ['fm=pjpg', 'basic', { format: 'png' }, 'jpeg'],
    ['fm=avif', 'basic', {}, 'avif'],
    ['fm=gif', 'basic', {}, 'gif'],
  ])('%s for %s', (query, formats, facts, format) => {
    expect(planned(query, facts, { formats }).encoding.format).toBe(format)
  })
})

describe('an animation', () => {
  test.each<[query: string, formats: FormatClass, facts: Partial<Facts>, format: string, pages: number]>([
    ['auto=format', 'avif,webp', { format: 'gif' }, 'webp', 5],
    ['auto=format', 'avif', { format: 'gif' }, 'gif', 5],
    ['auto=format', 'basic', { format: 'webp' }, 'gif', 5],
    ['auto=format&fm=jpg', 'basic', { format: 'gif' }, 'jpeg', 1],
    ['', 'basic', { format: 'gif' }, 'gif', 5],
    ['', 'basic', { format: 'webp' }, 'webp', 5],
    ['fm=webp', 'basic', { format: 'gif' }, 'webp', 5],
    ['fm=jpg', 'basic', { format: 'gif' }, 'jpeg', 1],
    ['fm=png', 'basic', { format: 'gif' }, 'png', 1],
    ['fm=avif', 'basic', { format: 'webp' }, 'avif', 1],
    ['auto=format', 'avif,webp', { format: 'png' }, 'webp', 5],
    ['auto=format,jxl', 'jxl', { format: 'png' }, 'gif', 5],
    ['fm=gif', 'basic', { format: 'png' }, 'gif', 5],
    ['fm=webp', 'basic', { format: 'avif' }, 'webp', 5],
    ['fm=webp', 'basic', { format: 'tiff' }, 'webp', 1],
  ])('%s for %s', (query, formats, facts, format, pages) => {
    const made = planned(query, { ...animation, ...facts }, { formats })
    expect(made).toMatchObject({ encoding: { format }, pages, frames: pages > 1 ? 'all' : 'first' })
  })

  test('is a video for a client that plays them and shows no picture', () => {
    const asked = (query: string, facts: Partial<Facts>) =>
      planned(query, { ...animation, ...facts }, { formats: 'video' })
    expect(asked('auto=format', { format: 'gif' }).video?.format).toBe('mp4')
    expect(asked('auto=format&fm=webp', { format: 'webp' }).video?.format).toBe('mp4')
    expect(asked('auto=format&frame=1', { format: 'gif' }).video).toBeUndefined()
    expect(asked('auto=format', { format: 'jpeg', animated: false, pages: 1 })).toMatchObject({
      encoding: { format: 'jpeg' },
    })
    expect(asked('fm=gif', { format: 'gif' }).video).toBeUndefined()
  })

  test('a TIFF of many pages is not one', () => {
    expect(planned('fm=webp', { format: 'tiff', pages: 5 }).pages).toBe(1)
  })
})

describe('JPEG XL', () => {
  const ways = (query: string, formats: FormatClass, facts: Partial<Facts> = {}) => {
    const { encoding, others = [] } = planned(query, facts, { formats })
    return [encoding, ...others].map(({ format }) => format)
  }

  test('is tried beside the others where the address and the client ask for it', () => {
    expect(ways('w=50&auto=format,jxl', 'jxl,avif,webp')).toContain('jxl')
    expect(ways('w=2000&auto=format,jxl', 'jxl')).toContain('jxl')
    expect(ways('w=50&auto=format', 'jxl,avif,webp')).not.toContain('jxl')
    expect(ways('w=50&auto=format,jxl', 'avif,webp')).not.toContain('jxl')
    expect(ways('w=50&auto=format,jxl&lossless=1', 'jxl,avif,webp')).not.toContain('jxl')
  })

  test('as a source becomes what browsers show, unless it is asked for', () => {
    expect(ways('w=50', 'basic', { format: 'jxl' })).toEqual(['jpeg'])
    expect(ways('w=50&fm=jxl', 'basic', { format: 'jxl' })).toEqual(['jxl'])
  })
})

describe('the encoder', () => {
  test.each([
    ['', { format: 'jpeg', quality: 73, lossless: false, progressive: false }],
    ['fm=jpg', { format: 'jpeg', quality: 73, lossless: false, progressive: false }],
    ['fm=pjpg', { format: 'jpeg', quality: 73, lossless: false, progressive: true }],
    ['q=50', { format: 'jpeg', quality: 46, lossless: false, progressive: false }],
    ['auto=compress', { format: 'jpeg', quality: 42, lossless: false, progressive: false }],
    ['fm=webp&lossless=1', { format: 'webp', lossless: true, progressive: false }],
    ['fm=avif&lossless=1', { format: 'avif', lossless: true, progressive: false }],
    ['fm=png', { format: 'png', lossless: true, progressive: false }],
  ])('%s', (query, encoding) => {
    expect(planned(query).encoding).toEqual(encoding)
  })
})

describe('transparency', () => {
  const red = { r: 255, g: 0, b: 0, alpha: 1 }
  const white = { r: 255, g: 255, b: 255, alpha: 1 }
  test.each<[query: string, alpha: boolean, flatten: boolean, background: object]>([
    ['fm=png', true, false, white],
    ['fm=jpg', true, true, white],
    ['fm=jpg', false, false, white],
    ['fm=png&bg=f00', true, true, red],
    ['fm=png&bg=transparent', true, false, { ...white, alpha: 0 }],
    ['fm=png&bg=80ff0000', true, true, { r: 255, g: 0, b: 0, alpha: 128 / 255 }],
    ['fm=jpg&bg=80ff0000', true, true, { r: 255, g: 127, b: 127, alpha: 1 }],
    ['fm=jpg&bg=0fff', true, true, white],
  ])('%s, alpha %s', (query, alpha, flatten, background) => {
    expect(planned(query, { alpha })).toMatchObject({ flatten, background })
  })
})

test("effects are given in the executor's units", () => {
  expect(planned('blur=100&sharp=20')).toMatchObject({ blur: 10, sharpen: 20 })
  expect(planned('blur=1')).toMatchObject({ blur: 0.3 })
  expect(planned('')).not.toHaveProperty('blur')
})
