// IPX' modifiers of size, format and turns.
import { trimmed } from '../shared/effects.ts'
import { given, hexColour, lookUp, namedColour, number, shown, whole } from '../shared/values.ts'
import { unwritten, type Word } from '../shared/words.ts'
import {
  extend,
  extract,
  fits,
  formats,
  type IpxAsked,
  kernels,
  limited,
  positionOf,
  side,
} from './readers.ts'

export const sizeWords: readonly Word<IpxAsked>[] = [
  {
    name: 'width',
    aliases: ['w'],
    takes: 'an integer from 1',
    becomes: '`w`, `fit=max` unless `enlarge`',
    differs: 'No side of a result is longer than 8192 pixels.',
    when: /^\d{5}|^9\d{3}|^8[2-9]\d\d/,
    read: (text) => given(side(text), (width) => ({ width: limited(width) })),
  },
  {
    name: 'height',
    aliases: ['h'],
    takes: 'an integer from 1',
    becomes: '`h`, `fit=max` unless `enlarge`',
    differs: 'Beside `width` the height is passed over, as IPX resizes to the width last.',
    when: /(?!)/,
    read: (text) => given(side(text), (height) => ({ height: limited(height) })),
  },
  {
    name: 'resize',
    aliases: ['s'],
    takes: 'WIDTHxHEIGHT',
    becomes: '`w` and `h`',
    differs:
      'Where the box is larger than the source and nothing is enlarged, only `cover` keeps the ratio of the box: `contain` pads up to the box, `fill` shortens each side for itself.',
    read(text) {
      const [w = '', h = w, ...rest] = text.toLowerCase().split('x')
      const [width, height] = [side(w), side(h)]
      if (width === undefined || height === undefined || rest.length > 0) return undefined
      return { box: { width: limited(width), height: limited(height) } }
    },
  },
  {
    name: 'fit',
    takes: 'one of contain, cover, fill, inside, outside',
    becomes:
      'beside `resize`: `cover` `fit=min`, `contain` `fit=fillmax`, `fill` `fit=scale&enlarge=no`, `inside` `fit=max`, `outside` `fit=cover&enlarge=no`; with `enlarge` `crop`, `fill`, `scale`, `clip`, `cover`',
    read: (text) => given(lookUp(fits, text), (fit) => ({ fit })),
  },
  {
    name: 'position',
    aliases: ['pos'],
    takes: 'an edge, a corner such as right-top or northeast, center, entropy or attention',
    becomes: '`crop`; beside `fit_contain` `fill-align`',
    read: (text) => given(positionOf(text), (position) => ({ position })),
  },
  {
    name: 'kernel',
    takes: 'one of nearest, linear, cubic, mitchell, lanczos2, lanczos3',
    becomes: '`kernel`, beside `resize`',
    refuses: { coder: ['mks2013', 'mks2021'] },
    read: (text) => given(lookUp(kernels, text), (kernel) => ({ kernel })),
  },
  {
    name: 'enlarge',
    takes: 'nothing',
    becomes: 'the fit modes that enlarge',
    read: () => ({ enlarge: true }),
  },
  {
    name: 'background',
    aliases: ['b'],
    takes: 'a hex colour without #, or the name of one',
    becomes: '`bg`',
    read: (text) =>
      given(hexColour(text.replace(/^#/, '')) ?? namedColour(text), (background) => ({ background })),
  },
  {
    name: 'extend',
    takes: 'top, right, bottom and left in pixels from 0 to 4096',
    differs: 'The edges are not repeated: `copy`, `repeat` and `mirror` are refused.',
    when: /(?!)/,
    becomes: '`pad-top`, `pad-right`, `pad-bottom`, `pad-left`, with as much more of `w` and `h`',
    read: extend,
  },
  {
    name: 'extract',
    aliases: ['crop'],
    takes: 'left, top, width and height in pixels',
    becomes: '`rect`',
    read: extract,
  },
  {
    name: 'trim',
    takes: 'nothing, or a threshold from 0 to 255',
    becomes: '`trim=color`, `trim-tol`',
    read: (text) => given(number(text || '10', 0, 255), (tolerance) => ({ native: trimmed(tolerance) })),
  },
  {
    name: 'format',
    aliases: ['f'],
    takes: 'one of jpg, jpeg, png, webp, avif, gif, auto',
    becomes: '`fm`; `auto` `auto=format`',
    refuses: unwritten(['heif', 'heic', 'tiff', 'svg', 'jxl']),
    read: (text) => given(lookUp(formats, text), (format) => ({ format })),
  },
  {
    name: 'quality',
    aliases: ['q'],
    takes: 'an integer from 1 to 100',
    becomes: '`q`',
    differs: 'A number means what looks the same in every format.',
    read: (text) => given(whole(text, 1, 100), (quality) => ({ native: { q: shown(quality) } })),
  },
  {
    name: 'animated',
    aliases: ['a'],
    takes: 'nothing',
    becomes: 'all frames; without it `frame=1`, except for GIF',
    read: () => ({ isAnimated: true }),
  },
  {
    name: 'rotate',
    takes: 'degrees from -3600 to 3600, clockwise, or nothing',
    becomes: '`rot` with `rot-type=pivot`',
    read: (text) => (text === '' ? {} : given(number(text, -3600, 3600), (rotation) => ({ rotation }))),
  },
  { name: 'autoorient', takes: 'nothing', becomes: 'what is always done', read: () => ({}) },
  { name: 'flip', takes: 'nothing', becomes: '`flip=v`', read: () => ({ isFlipped: true }) },
  { name: 'flop', takes: 'nothing', becomes: '`flip=h`', read: () => ({ isFlopped: true }) },
]
