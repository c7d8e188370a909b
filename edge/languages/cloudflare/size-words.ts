// Cloudflare's options of size, format and turns.
import { cssColour, given, lookUp, number, shown, whole } from '../shared/values.ts'
import type { Word } from '../shared/words.ts'
import {
  type CloudflareAsked,
  fits,
  formats,
  gravity,
  metadata,
  mirrors,
  pixels,
  qualityOf,
  span,
  trim,
} from './readers.ts'

const regionWords: readonly Word<CloudflareAsked>[] = (
  [
    ['trim.top', 'top'],
    ['trim.left', 'left'],
    ['trim.width', 'regionWidth'],
    ['trim.height', 'regionHeight'],
  ] as const
).map(([name, member]) => ({
  name,
  takes: 'pixels of the source, or a share below 1',
  becomes: '`rect`',
  read: (text) => given(span(text), (value) => ({ [member]: value })),
}))

export const sizeWords: readonly Word<CloudflareAsked>[] = [
  {
    name: 'width',
    aliases: ['w'],
    takes: `${pixels}, or auto`,
    becomes: '`w`; `auto`: `ch=width`, and 1200 pixels for clients without hints',
    differs:
      '`width=auto` follows the `Sec-CH-Width` hint (`ch=width`), not breakpoints or the user agent; without the hint it is `wdesktop`.',
    when: /^auto$/,
    read: (text) =>
      text === 'auto' ? { isAutomatic: true } : given(whole(text, 1, 8192), (width) => ({ width })),
  },
  {
    name: 'height',
    aliases: ['h'],
    takes: pixels,
    becomes: '`h`',
    read: (text) => given(whole(text, 1, 8192), (height) => ({ height })),
  },
  {
    name: 'dpr',
    takes: 'a number above 0 and up to 5',
    becomes: '`dpr`',
    differs: 'Up to 5; Cloudflare stops at 2.',
    when: /^(?:2\.0*[1-9]|[3-5])/,
    read: (text) => given(number(text, 0.0001, 5), (dpr) => ({ native: { dpr: shown(dpr) } })),
  },
  {
    name: 'fit',
    takes: 'one of scale-down, contain, cover, crop, aspect-crop, pad, squeeze, scale-up',
    becomes:
      '`scale-down` `fit=max`, `contain` `fit=clip`, `cover` `fit=crop`, `crop` `fit=crop&enlarge=no`, `aspect-crop` `fit=min`, `pad` `fit=fillmax`, `squeeze` `fit=scale`, `scale-up` `enlarge=only`',
    read: (text) =>
      given(
        fits.find((each) => each === text.toLowerCase()),
        (fit) => ({ fit }),
      ),
  },
  {
    name: 'gravity',
    aliases: ['g'],
    takes: 'auto, face, left, right, top, bottom, center, or XxY with shares from 0 to 1',
    becomes:
      '`crop`; `auto` `crop=attention`, `face` `crop=faces,attention`; `XxY` beside `cover`: `fit=cover` and `cut`',
    differs:
      'Beside `fit=crop` and `fit=aspect-crop` a point `XxY` is kept near the middle, and not at the same share of the result.',
    when: /x/,
    read: gravity,
  },
  {
    name: 'zoom',
    aliases: ['face-zoom'],
    takes: 'a number from 0 to 1',
    becomes: '`facepad` beside `gravity=face`: 1 is 1, 0.5 is 2, 0.1 is 10',
    differs: 'How much of the surroundings a number between 0 and 1 leaves is ours.',
    when: /^0*\.\d*[1-9]/,
    idle: ['0'],
    read: (text) => given(number(text, 0, 1), (zoom) => ({ zoom })),
  },
  {
    name: 'background',
    takes: 'a CSS colour such as red, %23ff0000 or rgba(255%2C0%2C0%2C0.5)',
    becomes: '`bg`',
    read: (text) => given(cssColour(text), (background) => ({ background })),
  },
  {
    name: 'format',
    aliases: ['f'],
    takes: 'one of auto, avif, webp, jpeg, baseline-jpeg, png, json',
    becomes: '`auto` `auto=format`, `jpeg` `fm=pjpg`, `baseline-jpeg` `fm=jpg`, else `fm`',
    differs: '`auto` also answers with the smaller one of AVIF, WebP and the source’s own format.',
    when: /^auto$/,
    read: (text) => given(lookUp(formats, text), (format) => ({ format })),
  },
  {
    name: 'quality',
    aliases: ['q'],
    takes: 'an integer from 1 to 100, or one of high, medium-high, medium-low, low',
    becomes:
      '`q`; `high` 90, `medium-high` 80, `medium-low` 65, `low` 50; 100 beside `format=webp`: `lossless`; a number beside `format=png`: `colorquant=256`',
    read: (text) => given(qualityOf(text), (quality) => ({ quality, isNumeric: /^\d/.test(text) })),
  },
  {
    name: 'slow-connection-quality',
    aliases: ['scq'],
    takes: 'an integer from 1 to 100, or one of high, medium-high, medium-low, low',
    becomes: '`ch=save-data`',
    differs:
      'Where no quality is given, `Save-Data: on` lowers it; other hints and this number do not count.',
    read: (text) => given(qualityOf(text), () => ({ native: { ch: 'save-data' } })),
  },
  {
    name: 'anim',
    takes: 'true or false',
    becomes: '`false`: `frame=1`',
    read: (text) => (text === 'false' ? { native: { frame: '1' } } : text === 'true' ? {} : undefined),
  },
  {
    name: 'metadata',
    takes: 'one of none, copyright, keep',
    becomes: '`copyright` `meta=copyright`, `keep` `meta=all`; `none` is what is done where nothing is said',
    needs: 'meta=all',
    read: (text) => given(lookUp(metadata, text), (native) => ({ native })),
  },
  {
    name: 'rotate',
    takes: 'one of 90, 180, 270',
    becomes: '`or`, or `turn` beside `flip`',
    read: (text) => (/^(?:0|90|180|270|360)$/.test(text) ? { rotation: Number(text) } : undefined),
  },
  {
    name: 'flip',
    takes: 'one of h, v, hv',
    becomes: '`turn`',
    read: (text) => given(lookUp(mirrors, text), (mirror) => ({ mirror })),
  },
  {
    name: 'trim',
    takes: 'top;right;bottom;left as shares from 0 to 1, or border',
    becomes: '`rect`; `border` `trim=color`',
    differs: 'Edges in pixels are only read where right and bottom are 0.',
    when: /(?!)/,
    read: (text) => (text === 'border' ? { isBorder: true } : trim(text)),
  },
  ...regionWords,
  {
    name: 'trim.border.color',
    takes: 'a CSS colour',
    becomes: '`trim-color`',
    read: (text) => given(cssColour(text), (borderColour) => ({ borderColour })),
  },
  {
    name: 'trim.border.tolerance',
    takes: 'a number from 0 to 255',
    becomes: '`trim-tol`',
    read: (text) => given(number(text, 0, 255), (borderTolerance) => ({ borderTolerance })),
  },
  {
    name: 'trim.border.keep',
    takes: 'pixels from 0 to 200',
    becomes: '`trim-pad`',
    read: (text) => given(whole(text, 0, 200), (borderKeep) => ({ borderKeep })),
  },
]
