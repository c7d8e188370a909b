// Random queries, specs and facts for the properties of the language.
import fc from 'fast-check'
import type { Client, Facts } from '../../transforms/index.ts'
import { eachStep } from '../../transforms/steps/index.ts'
import options from '../vectors/options.json' with { type: 'json' }

const stepKeys = eachStep.flatMap(({ rows }) => Object.values(rows).map(({ key }) => key))

const side = fc.oneof(
  fc.integer({ min: 1, max: 8192 }).map(String),
  fc.integer({ min: 1, max: 9999 }).map((n) => String(n / 1e4)),
  fc.constantFrom('1', '1.0', '8192', '100'),
)
const number = (min: number, max: number) =>
  fc.integer({ min: min * 100, max: max * 100 }).map((n) => String(n / 100))
const room = number(0, 100).map((percent) => `${percent}p`)
const position = (...words: string[]) =>
  fc.oneof(fc.constantFrom(...words), fc.nat(9000).map(String), number(0, 1), room)
const span = fc.oneof(fc.constant('full'), fc.integer({ min: 1, max: 9000 }).map(String), side)

const ratio = fc
  .tuple(fc.integer({ min: 1, max: 60 }), fc.integer({ min: 1, max: 60 }))
  .map(([w, h]) => `${w}:${h}`)
const rect = fc
  .oneof(
    fc.tuple(position('left', 'center', 'right'), position('top', 'middle', 'bottom'), span, span),
    fc.tuple(position('left', 'center', 'right'), position('top', 'middle', 'bottom'), ratio),
  )
  .map((parts) => parts.join(','))
  .filter((text) => !text.split(',').slice(2).includes('0'))

const list = (...words: string[]) =>
  fc.shuffledSubarray(words, { minLength: 1 }).map((some) => some.join(','))

/** Options of requests that the vectors name alone, each with the values that it has there. */
const vectors = Object.groupBy(
  (options.accepted as readonly { readonly query: string }[]).filter(({ query }) =>
    /^[a-z-]+=[^&]*$/.test(query),
  ),
  ({ query }) => query.slice(0, query.indexOf('=')),
)
/** `rot-type` has a say in whether `rot` is accepted. */
const ofVectors = Object.fromEntries(
  stepKeys
    .filter((key) => vectors[key] && key !== 'rot-type')
    .map((key) => [
      key,
      fc.constantFrom(...(vectors[key] ?? []).map(({ query }) => query.slice(key.length + 1))),
    ]),
)

/** Every option with values that it accepts. */
const values: Readonly<Record<string, fc.Arbitrary<string>>> = {
  ...ofVectors,
  w: side,
  h: side,
  ar: ratio,
  dpr: fc.integer({ min: 1, max: 500 }).map((n) => String(n / 100)),
  fit: fc.constantFrom('clip', 'clamp', 'cover', 'crop', 'fill', 'fillmax', 'max', 'min', 'scale'),
  crop: list('top', 'bottom', 'left', 'right', 'focalpoint', 'entropy', 'attention', 'edges'),
  'fp-x': number(0, 1),
  'fp-y': number(0, 1),
  rect,
  cut: rect,
  enlarge: fc.constantFrom('no', 'fill'),
  turn: fc.constantFrom('90', '180', '270', 'h', '90h', '180h', '270h', 'raw', 'rawh', 'raw90', 'raw270h'),
  frame: fc.constant('1'),
  or: fc.constantFrom('0', '1', '2', '3', '4', '5', '6', '7', '8', '90', '180', '270'),
  'jpg-progressive': fc.constantFrom('true', '1'),
  rot: fc.oneof(fc.constantFrom('0', '90', '180', '270', '360', '45'), number(0, 360)),
  flip: fc.constantFrom('h', 'v', 'hv', 'vh'),
  bg: fc.constantFrom('red', 'fff', '0fff', '80ff0000', 'ffffff', 'transparent', '123'),
  blur: fc.integer({ min: 0, max: 2000 }).map(String),
  sharp: number(0, 100),
  fm: fc.constantFrom(
    'jpg',
    'jpeg',
    'pjpg',
    'png',
    'webp',
    'avif',
    'gif',
    'basic',
    'json',
    'original',
    'mp4',
    'webm',
  ),
  q: fc.oneof(fc.nat(100).map(String), fc.constant('auto')),
  lossless: fc.constantFrom('true', 'false', '0', '1'),
  auto: list('format', 'compress', 'enhance'),
  ch: list('width', 'dpr', 'save-data'),
}

/** What may stand in a further pass: the options of steps. */
const inPasses = [
  ...Object.keys(ofVectors),
  'w',
  'h',
  'ar',
  'fit',
  'crop',
  'fp-x',
  'rect',
  'cut',
  'rot',
  'bg',
]
const pass: fc.Arbitrary<string> = fc
  .shuffledSubarray(inPasses, { minLength: 1, maxLength: 6 })
  .chain((keys) =>
    fc.tuple(...keys.map((key) => (values[key] ?? fc.constant('')).map((value) => [key, value] as const))),
  )
  .map((some) => some.map(([key, value]) => `${key}=${encodeURIComponent(value)}`).join(';'))

/** Further passes, as the value of `then`. */
export const chain: fc.Arbitrary<string> = fc
  .array(pass, { minLength: 1, maxLength: 4 })
  .map((passes) => passes.join(';then='))

export type Pair = readonly [key: string, value: string]

const jpegs = ['jpg', 'jpeg', 'pjpg']
const contradicts = (pairs: readonly Pair[]): boolean =>
  pairs.some(([key, value]) => key === 'lossless' && (value === '1' || value === 'true')) &&
  pairs.some(([key, value]) => key === 'fm' && jpegs.includes(value))

/** Options each at most once, in any order, that are accepted together. */
export const pairs: fc.Arbitrary<readonly Pair[]> = fc
  .shuffledSubarray([...Object.keys(values), 'then'])
  .chain((keys) =>
    fc.tuple(
      ...keys.map((key) =>
        (key === 'then' ? chain : (values[key] ?? fc.constant(''))).map((value): Pair => [key, value]),
      ),
    ),
  )
  .filter((some) => !contradicts(some))

export const write = (some: readonly Pair[]): string =>
  some.map(([key, value]) => `${key}=${encodeURIComponent(value)}`).join('&')

export const client: fc.Arbitrary<Client> = fc.record(
  {
    formats: fc.constantFrom('avif,webp' as const, 'avif' as const, 'webp' as const, 'basic' as const),
    width: fc.integer({ min: 1, max: 10_000 }),
    dpr: fc.double({ min: 0.1, max: 8, noNaN: true }),
    saveData: fc.boolean(),
  },
  { requiredKeys: ['formats', 'saveData'] },
)

const formats = [
  'jpeg',
  'png',
  'gif',
  'webp',
  'avif',
  'svg',
  'tiff',
  'heic',
  'jxl',
  'jp2',
  'bmp',
  'ico',
  'pdf',
  'psd',
  'raw',
  'mp4',
] as const
const sourceSide = fc.oneof(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 1, max: 30_000 }))

export const facts: fc.Arbitrary<Facts> = fc.record({
  format: fc.constantFrom(...formats),
  width: sourceSide,
  height: sourceSide,
  orientation: fc.integer({ min: 1, max: 8 }),
  pages: fc.integer({ min: 1, max: 30 }),
  animated: fc.boolean(),
  alpha: fc.boolean(),
  progressive: fc.boolean(),
  icc: fc.boolean(),
  space: fc.constantFrom('rgb' as const, 'gray' as const, 'cmyk' as const, 'palette' as const),
  depth: fc.constantFrom(1, 8, 16),
  scans: fc.integer({ min: 1, max: 12 }),
  bytes: fc.nat(1_000_000),
})

/** A photograph of 4000 by 3000 pixels, but for what is said. */
export const photo = (but: Partial<Facts> = {}): Facts => ({
  format: 'jpeg',
  width: 4000,
  height: 3000,
  orientation: 1,
  pages: 1,
  animated: false,
  alpha: false,
  progressive: false,
  icc: false,
  space: 'rgb',
  depth: 8,
  scans: 1,
  bytes: 1_000_000,
  ...but,
})
