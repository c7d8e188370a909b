// Kraken's options, row by row of its reference, as wishes.
import { describe, expect, test } from 'vitest'
import { credentialsOf, objectOf, readRequest } from '../../api/faces/kraken/request.ts'

type Given = Record<string, unknown>

const wish = (options: Given) => readRequest({ wait: true, ...options }).wishes[0]
const edit = (resize: Given) => wish({ resize })?.edit
const fault = (options: Given): string => {
  try {
    readRequest({ wait: true, ...options })
  } catch (thrown) {
    return `${(thrown as { kind: string }).kind}: ${(thrown as Error).message}`
  }
  return 'nothing'
}

describe('a resize', () => {
  test.each([
    ['exact', { width: 30, height: 40 }, 'w=30&h=40&fit=scale'],
    ['portrait', { height: 40, width: 9999 }, 'h=40&fit=max'],
    ['landscape', { width: 30 }, 'w=30&fit=max'],
    ['auto', { width: 30, height: 40 }, 'w=30&h=40&fit=max'],
    ['fit', { width: 30, height: 40 }, 'w=30&h=40&fit=crop'],
    ['fit', { width: 30, height: 40, crop_mode: 'tl' }, 'w=30&h=40&fit=crop&crop=top,left'],
    ['crop', { width: 30, height: 40 }, 'rect=center,middle,30,40'],
    ['crop', { width: 30, height: 40, crop_mode: 'b' }, 'rect=center,bottom,30,40'],
    ['crop', { width: 30, height: 40, x: 5, y: 6 }, 'rect=5,6,30,40'],
    ['square', { size: 50 }, 'w=50&h=50&fit=crop'],
    ['fill', { width: 30, height: 40 }, 'w=30&h=40&fit=fillmax&bg=ffffff'],
    ['fill', { width: 30, height: 40, background: '#f60' }, 'w=30&h=40&fit=fillmax&bg=ff6600'],
    ['none', {}, ''],
  ])('%s %o', (strategy, fields, expected) => {
    expect(edit({ strategy, ...fields })).toBe(expected)
  })

  test.each([
    ...[
      ['c', ''],
      ['t', 'top'],
      ['n', 'top'],
      ['b', 'bottom'],
      ['s', 'bottom'],
      ['l', 'left'],
      ['w', 'left'],
    ],
    ...[
      ['r', 'right'],
      ['e', 'right'],
      ['tl', 'top,left'],
      ['nw', 'top,left'],
      ['tr', 'top,right'],
    ],
    ...[
      ['ne', 'top,right'],
      ['bl', 'bottom,left'],
      ['sw', 'bottom,left'],
      ['br', 'bottom,right'],
    ],
    ['SE', 'bottom,right'],
  ])('crop_mode %s keeps %s', (crop_mode, place) => {
    const end = place ? `&crop=${place}` : ''
    expect(edit({ strategy: 'fit', width: 3, height: 4, crop_mode })).toBe(`w=3&h=4&fit=crop${end}`)
  })

  test.each([
    ['#f60', 'ff6600'],
    ['#FF6600', 'ff6600'],
    ['rgb(255, 102, 0)', 'ff6600'],
    ['rgba(255,102,0,0.5)', '80ff6600'],
    ['rgba(255,102,0,1)', 'ff6600'],
    ['rgba(0,0,0,0)', '00000000'],
  ])('background %s', (background, expected) => {
    expect(edit({ strategy: 'fill', width: 3, height: 4, background })).toContain(`bg=${expected}`)
  })

  test('takes numbers that were written as text', () => {
    expect(edit({ strategy: 'auto', width: '300', height: '400' })).toBe('w=300&h=400&fit=max')
  })

  test.each([
    [{ width: 1, height: 1 }, 'resize.strategy must be one of exact, portrait, '],
    [{ strategy: 'stretch' }, 'resize.strategy must be one of exact, portrait, '],
    [{ strategy: 'exact', width: 1 }, 'resize.height must be a whole number from 1 to 8192'],
    [{ strategy: 'portrait', width: 1 }, 'resize.height must be a whole number'],
    [{ strategy: 'landscape', height: 1 }, 'resize.width must be a whole number'],
    [{ strategy: 'auto', width: 0, height: 1 }, 'resize.width must be a whole number'],
    [{ strategy: 'auto', width: 1.5, height: 1 }, 'resize.width must be a whole number'],
    [{ strategy: 'square', width: 5 }, 'resize.size must be a whole number'],
    [{ strategy: 'fit', width: 9999, height: 1 }, 'resize.width must be a whole number'],
    [{ strategy: 'fit', width: 9, height: 1, crop_mode: 'x' }, 'resize.crop_mode must be one of'],
    [{ strategy: 'fill', width: 9, height: 1, background: 'red&w=1' }, 'resize.background must be a colour'],
    [
      { strategy: 'fill', width: 9, height: 1, background: 'rgb(256,0,0)' },
      'resize.background must be a colour',
    ],
    [{ strategy: 'crop', width: 9, height: 1, scale: 50 }, 'resize.scale is not supported'],
  ])('%o is refused by name', (resize, message) => {
    expect(fault({ resize })).toContain(`bad-option: ${message}`)
  })
})

describe('several sizes', () => {
  const sizes = [
    { id: 'small', strategy: 'square', size: 10, lossy: true },
    { id: 2, strategy: 'none', lossy: true, quality: 40, sampling_scheme: '4:4:4' },
    { id: 'last', strategy: 'landscape', width: 30 },
  ]

  test('are wishes by their ids, each with its own settings before those of all', () => {
    const { wishes, isSet } = readRequest({ wait: true, resize: sizes, preserve_meta: ['date'] })
    expect(isSet).toBe(true)
    expect(wishes).toEqual([
      { id: 'small', edit: 'w=10&h=10&fit=crop', optimise: { mode: 'lossy', keep: ['date'] } },
      { id: '2', edit: '', optimise: { mode: 'quality', quality: 40, chroma: '4:4:4', keep: ['date'] } },
      { id: 'last', edit: 'w=30&fit=max', optimise: { mode: 'lossless', keep: ['date'] } },
    ])
  })

  test.each([
    ['none', [], 'must have at least one size'],
    [
      'eleven',
      Array.from({ length: 11 }, (_, id) => ({ id, strategy: 'none' })),
      'must have at most 10 sizes',
    ],
    ['without an id', [{ strategy: 'none' }], 'resize.0.id must be a text or a number'],
    [
      'of one id',
      [
        { id: 1, strategy: 'none' },
        { id: '1', strategy: 'none' },
      ],
      'must have a different id',
    ],
    [
      'at no place',
      [{ id: 1, strategy: 'none', storage_path: 'a//b.jpg' }],
      'resize.0.storage_path must be the name of an object',
    ],
    ['without a place each', [{ id: 1, strategy: 'none' }], 'size 1 must have a storage_path'],
  ])('%s: refused', (_, resize, message) => {
    const s3_store = { key: 'k', secret: 's', bucket: 'b' }
    expect(fault({ resize, s3_store })).toContain(message)
  })

  test('go to a place each', () => {
    const resize = [{ id: 1, strategy: 'none', storage_path: '/a/b.jpg' }]
    const { wishes } = readRequest({
      wait: true,
      resize,
      s3_store: { key: 'k', secret: 's', bucket: 'b', path: 'x' },
    })
    expect(wishes[0]?.target).toMatchObject({ path: 'a/b.jpg' })
  })
})

describe('what is asked of the optimiser', () => {
  test.each([
    [{}, { mode: 'lossless' }],
    [{ lossy: true }, { mode: 'lossy' }],
    [{ lossy: 'true' }, { mode: 'lossy' }],
    [{ lossy: 'false' }, { mode: 'lossless' }],
    [
      { lossy: 1, quality: 70 },
      { mode: 'quality', quality: 70 },
    ],
    [{ quality: 70 }, { mode: 'lossless' }],
    [{ webp: true }, { mode: 'lossless', format: 'webp' }],
    [
      { webp: true, lossy: true },
      { mode: 'lossy', format: 'webp' },
    ],
    [
      { webp: true, convert: { format: 'PNG' } },
      { mode: 'lossless', format: 'png' },
    ],
    [{ convert: { format: 'jpg' } }, { mode: 'lossless', format: 'jpeg' }],
    [
      { sampling_scheme: '4:2:2', lossy: true },
      { mode: 'lossy', chroma: '4:2:2' },
    ],
    [{ sampling_scheme: '4:2:2' }, { mode: 'lossless' }],
    [
      { sampling_scheme: '4:2:2', convert: { format: 'jpeg' } },
      { mode: 'lossless', format: 'jpeg', chroma: '4:2:2' },
    ],
    [{ preserve_meta: ['profile', 'geotag', 'profile'] }, { mode: 'lossless', keep: ['profile', 'geotag'] }],
    [{ preserve_meta: [] }, { mode: 'lossless' }],
    [{ json: true, origin: 'wp', enhance: true, level: 'ebook' }, { mode: 'lossless' }],
  ])('%o', (options, expected) => {
    expect(wish(options)).toEqual({ edit: '', optimise: expected })
  })

  test('auto_orient is a turn by nothing, which brings upright what is not', () => {
    expect(wish({ auto_orient: true })?.edit).toBe('rot=0')
    expect(wish({ auto_orient: true, resize: { strategy: 'square', size: 5 } })?.edit).toBe(
      'w=5&h=5&fit=crop&rot=0',
    )
  })

  test('a background is laid under what becomes JPEG, and under nothing else', () => {
    expect(wish({ convert: { format: 'jpeg', background: '#f00' } })?.edit).toBe('bg=ff0000')
    expect(wish({ convert: { format: 'png', background: '#f00' } })?.edit).toBe('')
  })

  test.each([
    [{ lossy: 'perhaps' }, 'lossy must be true or false'],
    [{ lossy: true, quality: 101 }, 'quality must be a whole number from 1 to 100'],
    [{ sampling_scheme: '4:1:1' }, 'sampling_scheme must be one of 4:2:0, 4:2:2, 4:4:4'],
    [{ preserve_meta: ['everything'] }, 'preserve_meta.0 must be one of profile, date'],
    [{ convert: { format: 'bmp' } }, 'convert.format must be one of jpeg, png'],
    [{ convert: {} }, 'convert.format'],
    [{ convert: 'png' }, 'convert must be an object'],
    [{ resize: 'big' }, 'resize'],
  ])('%o is refused by name', (options, message) => {
    expect(fault(options)).toContain(`bad-option: ${message}`)
  })
})

describe('an external store', () => {
  test('s3, with its defaults', () => {
    const s3_store = { key: 'k', secret: 's', bucket: 'b' }
    expect(wish({ s3_store })?.target).toEqual({
      ...{ kind: 's3', bucket: 'b', region: 'us-east-1', accessKeyId: 'k', secretAccessKey: 's' },
      acl: 'public-read',
    })
  })

  test('s3, with everything', () => {
    const more = { region: 'eu-west-1', path: '/a/b.png', acl: 'private', metadata: { id: 5 } }
    const s3_store = {
      key: 'k',
      secret: 's',
      bucket: 'b',
      ...more,
      headers: { 'Cache-Control': 'max-age=1' },
    }
    expect(wish({ s3_store: { ...s3_store, tags: { a: 'b' } } })?.target).toMatchObject({
      ...{ region: 'eu-west-1', path: 'a/b.png', acl: 'private', metadata: { id: '5' } },
      ...{ headers: { 'Cache-Control': 'max-age=1' }, tags: { a: 'b' } },
    })
  })

  test.each([
    [
      'cf_store',
      { user: 'u', key: 'k', container: 'c', ssl: true, path: '/p' },
      { kind: 'swift', path: 'p' },
    ],
    [
      'sl_store',
      { user: 'u', key: 'k', container: 'c', region: 'ams01' },
      { kind: 'swift', region: 'ams01' },
    ],
    ['azure_store', { account: 'a', key: 'k', container: 'c' }, { kind: 'azure', account: 'a' }],
  ])('%s', (name, store, expected) => {
    expect(wish({ [name]: store })?.target).toMatchObject(expected)
  })

  test.each([
    [{ gcs_store: { bucket: 'b' } }, 'gcs_store is not supported'],
    [{ s3_store: { key: 'k', secret: 's' } }, 's3_store.bucket'],
    [
      { s3_store: { key: 'k', secret: 's', bucket: 'b', region: 'a.b/' } },
      's3_store.region must be the name',
    ],
    [{ sl_store: { user: 'u', key: 'k', container: 'c' } }, 'sl_store.region'],
    [
      { s3_store: { key: 'k', secret: 's', bucket: 'b', path: '/a/../b.png' } },
      's3_store.path must be the name of an object',
    ],
    [{ s3_store: { key: 'k', secret: 's', bucket: 'b', acl: 'all' } }, 's3_store.acl must be public_read or'],
    [
      {
        s3_store: { key: 'k', secret: 's', bucket: 'b' },
        azure_store: { account: 'a', key: 'k', container: 'c' },
      },
      'Only one external store',
    ],
  ])('%o is refused', (options, message) => {
    expect(fault(options)).toContain(message)
  })
})

describe('how the answer is wanted', () => {
  test('neither way: refused in the words of Kraken', () => {
    expect(() => readRequest({})).toThrow('You need to specify either callback_url or wait flag')
    expect(() => readRequest({ wait: false })).toThrow('You need to specify either callback_url or wait flag')
  })

  test('both ways: the callback has it', () => {
    expect(readRequest({ wait: true, callback_url: 'http://a.example/' }).callbackUrl).toBe(
      'http://a.example/',
    )
  })
})

describe('a body', () => {
  test.each(['', 'nothing', '[]', '7', 'null', '"text"', undefined])('%s is no JSON object', (text) => {
    expect(() => objectOf(text)).toThrow('Incoming request body does not contain a valid JSON object')
  })

  test('null is not given', () => {
    expect(objectOf('{"wait":true,"resize":null}')).toEqual({ wait: true })
  })

  test('what a form left empty is not given', () => {
    const options = { wait: true, quality: '', sampling_scheme: '', preserve_meta: '', callback_url: '' }
    expect(readRequest({ ...options, lossy: true })).toEqual(readRequest({ wait: true, lossy: true }))
    expect(edit({ strategy: 'fit', width: 3, height: 4, crop_mode: '' })).toBe('w=3&h=4&fit=crop')
    expect(edit({ strategy: 'fill', width: 3, height: 4, background: '' })).toContain('bg=ffffff')
    expect(() => readRequest({ callback_url: '' })).toThrow(
      'You need to specify either callback_url or wait flag',
    )
  })

  test.each([undefined, null, 'text', {}, { api_key: 1, api_secret: 'a' }])('auth %o is nobody', (auth) => {
    expect(credentialsOf({ auth })).toEqual({ id: '', secret: '' })
  })
})
