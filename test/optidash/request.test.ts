// Optidash's operations, row by row of its reference, as a wish.
import { describe, expect, test } from 'vitest'
import { objectOf, readRequest } from '../../api/faces/optidash/request.ts'

type Given = Record<string, unknown>

const edit = (options: Given) => readRequest(options).wish.edit
const fault = (options: Given): string => {
  try {
    readRequest(options)
  } catch (thrown) {
    return `${(thrown as { kind: string }).kind}: ${(thrown as Error).message}`
  }
  return 'nothing'
}

describe('a resize', () => {
  test.each([
    [{ width: 30 }, 'w=30&fit=clip'],
    [{ mode: 'auto', height: 40 }, 'h=40&fit=clip'],
    [{ mode: 'auto', width: 30, height: 40 }, 'w=30&h=40&fit=clip'],
    [{ mode: 'auto', width: 30, upscale: false }, 'w=30&fit=max'],
    [{ mode: 'fit', width: 30, height: 40 }, 'w=30&h=40&fit=crop'],
    [{ mode: 'fit', width: 30, height: 40, upscale: false }, 'w=30&h=40&fit=min'],
    [{ mode: 'fill', width: 30, height: 40 }, 'w=30&h=40&fit=fill'],
    [{ mode: 'fill', width: 3, height: 4, background: '#FF660080' }, 'w=3&h=4&fit=fill&bg=80ff6600'],
    [{ mode: 'fill', width: 3, height: 4, upscale: false }, 'w=3&h=4&fit=fillmax'],
    [{ mode: 'exact', width: 30, height: 40 }, 'w=30&h=40&fit=scale'],
  ])('%o', (resize, expected) => {
    expect(edit({ resize })).toBe(expected)
  })

  test.each([
    ...[
      ['center', ''],
      ['top-left', '&crop=top,left'],
      ['top', '&crop=top'],
      ['right', '&crop=right'],
    ],
    ...[
      ['top-right', '&crop=top,right'],
      ['bottom-right', '&crop=bottom,right'],
      ['left', '&crop=left'],
    ],
    ...[
      ['bottom', '&crop=bottom'],
      ['bottom-left', '&crop=bottom,left'],
    ],
    ...[
      ['face', '&crop=attention'],
      ['faces', '&crop=attention'],
    ],
  ])('with gravity %s', (gravity, expected) => {
    expect(edit({ resize: { mode: 'fit', width: 3, height: 4, gravity } })).toBe(
      `w=3&h=4&fit=crop${expected}`,
    )
  })
})

describe('a crop', () => {
  test.each([
    [{ mode: 'rect', width: 30, height: 40 }, 'rect=center,middle,30,40'],
    [{ mode: 'rect', width: 30, height: 40, gravity: 'bottom-left' }, 'rect=left,bottom,30,40'],
    [{ mode: 'rect', width: 30, height: 40, gravity: 'top' }, 'rect=center,top,30,40'],
    [{ mode: 'rect', width: 30, height: 40, x: 5, y: 6 }, 'rect=5,6,30,40'],
    [{ mode: 'rect', width: 30, height: 40, y: 6 }, 'rect=0,6,30,40'],
    [{ mode: 'ratio', ratio: '5:9' }, 'ar=5:9&fit=crop'],
    [{ mode: 'ratio', ratio: '5:9', gravity: 'top' }, 'ar=5:9&fit=crop&crop=top'],
  ])('%o', (crop, expected) => {
    expect(edit({ crop })).toBe(expected)
  })

  test('and a resize of what it left', () => {
    const crop = { mode: 'rect', width: 300, height: 400 }
    expect(edit({ crop, resize: { width: 30 } })).toBe('rect=center,middle,300,400&w=30&fit=clip')
    const ratio = { mode: 'ratio', ratio: '1:2', gravity: 'left' }
    expect(edit({ crop: ratio, resize: { width: 30 } })).toBe('w=30&ar=1:2&fit=crop&crop=left')
    const inside = { width: 300, height: 40 }
    expect(edit({ crop: ratio, resize: inside })).toBe('w=20&h=40&fit=crop&crop=left')
  })
})

test.each([
  [{ scale: { size: 0.5 } }, 'w=0.5'],
  [{ scale: { size: 1 } }, ''],
  [{ scale: { size: 0.5, ratio: 2 } }, 'w=0.5&h=1.0&fit=scale'],
  [{ scale: { size: 1, ratio: 0.25 } }, 'w=1.0&h=0.25&fit=scale'],
  [{ flip: { horizontal: true } }, 'flip=h'],
  [{ flip: { horizontal: true, vertical: true } }, 'flip=hv'],
  [{ flip: { vertical: false } }, ''],
  [
    { flip: { horizontal: true }, crop: { mode: 'ratio', ratio: '1:2', gravity: 'left' } },
    'ar=1:2&fit=crop&crop=left&turn=h',
  ],
  [
    { flip: { vertical: true }, crop: { mode: 'rect', width: 3, height: 4, x: 0, y: 0 } },
    'rect=0,0,3,4&turn=180h',
  ],
  [
    {
      flip: { horizontal: true, vertical: true },
      resize: { mode: 'fit', width: 3, height: 4, gravity: 'top' },
    },
    'w=3&h=4&fit=crop&crop=top&turn=180',
  ],
  [{ filter: { blur: { mode: 'gaussian', value: 10 } } }, 'blur=100'],
  [{ stylize: { blur: { value: 0.5 } } }, 'blur=5'],
  [{ adjust: { unsharp: 10 } }, 'sharp=10'],
  [{ auto: { enhance: false }, cdn: { push: true }, resize: null }, ''],
  [{ resize: { width: 9 }, flip: { vertical: true }, adjust: { unsharp: 5 } }, 'w=9&fit=clip&flip=v&sharp=5'],
])('%o', (options, expected) => {
  expect(edit(objectOf(JSON.stringify(options)))).toBe(expected)
})

describe('what is asked of the optimiser', () => {
  test.each([
    [{}, { mode: 'lossless' }],
    [{ optimize: { compression: 'lossless' } }, { mode: 'lossless' }],
    [{ optimize: { compression: 'low' } }, { mode: 'lossy', level: 'max' }],
    [{ optimize: { compression: 'medium' } }, { mode: 'lossy', level: 'default' }],
    [{ optimize: { compression: 'high' } }, { mode: 'lossy', level: 'eco' }],
    [{ output: { quality: 70 } }, { mode: 'quality', quality: 70 }],
    [{ output: { format: 'auto' } }, { mode: 'lossless' }],
    [{ output: { format: 'JPG' } }, { mode: 'lossless', format: 'jpeg' }],
    [{ output: { format: 'webp' } }, { mode: 'lossless', format: 'webp' }],
    [{ output: { encoding: 'baseline' } }, { mode: 'lossless', progressive: false }],
    [{ output: { encoding: 'progressive' } }, { mode: 'lossless', progressive: true }],
  ])('%o', (options, expected) => {
    expect(readRequest(options).wish.optimise).toEqual(expected)
  })
})

describe('a store', () => {
  const pair = { key: 'k', secret: 's', bucket: 'b' }
  const known = { kind: 's3', bucket: 'b', accessKeyId: 'k', secretAccessKey: 's', acl: 'public-read' }
  const azure = { account: 'a', key: 'k', container: 'c' }
  test.each([
    [
      { provider: 'aws', ...pair, region: 'eu-west-1', class: 'standard' },
      { ...known, region: 'eu-west-1' },
    ],
    [
      { provider: 'aws', ...pair, region: 'x', acl: 'private', path: '/a' },
      { region: 'x', acl: 'private', path: 'a' },
    ],
    [
      { provider: 'digitalocean', ...pair, region: 'ams3' },
      { ...known, region: 'ams3', endpoint: 'https://ams3.digitaloceanspaces.com' },
    ],
    [
      { provider: 'google', ...pair },
      { ...known, region: 'auto', endpoint: 'https://storage.googleapis.com' },
    ],
    [
      { provider: 'azure', ...azure, headers: { 'Cache-Control': 'x' } },
      { kind: 'azure', ...azure },
    ],
  ])('%o', (store, expected) => {
    expect(readRequest({ store }).wish.target).toMatchObject(expected)
  })
})

const refused: readonly (readonly [Given, string])[] = [
  ...['mask', 'watermark', 'text', 'border', 'padding'].map(
    (name) => [{ [name]: { size: 1 } }, `${name} is not supported`] as const,
  ),
  [{ rotate: 90 }, 'rotate is not supported'],
  [{ auto: { enhance: true } }, 'auto.enhance is not supported'],
  [{ adjust: { brightness: 5 } }, 'adjust.brightness is not supported'],
  [{ filter: { sepia: true } }, 'filter.sepia is not supported'],
  [{ filter: { blur: { mode: 'radial', value: 5 } } }, 'filter.blur.mode must be gaussian'],
  [{ crop: { mode: 'face' } }, 'crop.mode must be one of rect, ratio; face is not supported'],
  [{ crop: { mode: 'rect', width: 5 } }, 'crop.height must be a whole number from 1 to 8192'],
  [{ crop: { mode: 'rect', width: 5, height: 5, gravity: 'face' } }, 'crop.gravity must be one of center'],
  [{ crop: { mode: 'ratio', ratio: '5/9' } }, 'crop.ratio must be a ratio such as 5:9'],
  [{ resize: {} }, 'resize.width is needed in mode auto'],
  [{ resize: { mode: 'fit', width: 5 } }, 'resize.height is needed in mode fit'],
  [{ resize: { mode: 'zoom', width: 5 } }, 'resize.mode must be one of auto, fit, fill, exact'],
  [{ resize: { width: 99999 } }, 'resize.width must be a whole number from 1 to 8192'],
  [{ resize: { width: 5, background: 'red' } }, 'resize.background must be a colour'],
  [{ resize: { width: 5, upscale: 'no' } }, 'resize.upscale must be true or false'],
  [
    { resize: { mode: 'fit', width: 5, height: 5, gravity: 'top', upscale: false } },
    'resize.gravity cannot be joined with "upscale": false',
  ],
  [{ resize: { width: 5 }, scale: { size: 0.5 } }, 'resize cannot be joined with scale'],
  [{ scale: { size: 2 } }, 'scale.size must be a number from 0.0001 to 1'],
  [{ scale: { size: 1, ratio: 2 } }, 'scale.ratio must not enlarge'],
  [{ crop: { mode: 'ratio', ratio: '1:2' }, scale: { size: 0.5 } }, 'crop.ratio cannot be joined with scale'],
  [{ output: { format: 'jp2' } }, 'output.format must be one of auto, gif, jpg, png, webp, avif; jp2 is not'],
  [{ output: { quality: 0 } }, 'output.quality must be a whole number from 1 to 100'],
  [
    { optimize: { compression: 'extreme' } },
    'optimize.compression must be one of lossless, low, medium, high',
  ],
  [
    { store: { id: 'saved' } },
    'store.provider must be one of aws, digitalocean, google, azure; saved connectors',
  ],
  [{ store: { provider: 'aws', key: 'k' } }, 'store.secret'],
  [
    {
      store: {
        ...{ provider: 'azure', account: 'a', key: 'k', container: 'c' },
        path: `/${'a'.repeat(241)}`,
      },
    },
    'store.path must be the name of an object',
  ],
  [
    { store: { provider: 'digitalocean', key: 'k', secret: 's', bucket: 'b', region: 'evil.example/' } },
    'store.region must be the name of a region',
  ],
  [
    { webhook: { url: 'http://a.example', delay: 604_801 } },
    'webhook.delay must be a whole number from 0 to',
  ],
  [{ webhook: {} }, 'webhook.url is missing'],
  [{ response: { mode: 'xml' } }, 'response.mode must be json or binary'],
  [
    { response: { mode: 'binary' }, webhook: { url: 'http://a.example' } },
    'webhook cannot be joined with a binary',
  ],
]

test.each(refused)('%o is refused by name', (options, message) => {
  expect(fault(options)).toContain(`bad-option: ${message}`)
})

test.each(['', 'nothing', '[]', '7', 'null', undefined])('%s is no JSON object', (text) => {
  expect(() => objectOf(text)).toThrow('The request holds no JSON object.')
})
