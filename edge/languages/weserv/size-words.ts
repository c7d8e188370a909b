import { badges } from '../../../transforms/index.ts'
import { trimmed } from '../shared/effects.ts'
import { given, number, shown, whole } from '../shared/values.ts'
import type { Word } from '../shared/words.ts'
import { align, colour, fit, isTrue, side, span, type WeservAsked } from './readers.ts'

const shapes = ['ellipse', ...badges] as const

export const sizeWords: readonly Word<WeservAsked>[] = [
  { name: 'url', takes: 'an address, with or without a scheme', becomes: 'the source', read: () => ({}) },
  {
    name: 'w',
    aliases: ['width'],
    takes: 'pixels or percent',
    becomes: '`w`',
    differs: 'No side of a result is longer than 8192 pixels.',
    when: /^\d{5}|^9\d{3}|^8[2-9]\d\d/,
    read: (text) => side(text, (width) => ({ width })),
  },
  {
    name: 'h',
    aliases: ['height'],
    takes: 'pixels or percent',
    becomes: '`h`',
    read: (text) => side(text, (height) => ({ height })),
  },
  {
    name: 'dpr',
    takes: 'a number from 1 to 8',
    becomes: '`dpr`',
    differs: 'Beyond 5 it is 5.',
    when: /^[5-8]/,
    read: (text) => given(number(text, 0.0001, 8), (dpr) => ({ dpr: Math.min(5, dpr) })) ?? {},
  },
  {
    name: 'fit',
    aliases: ['t'],
    takes: 'one of inside, outside, cover, fill, contain',
    becomes:
      '`inside` `fit=clip`, `outside` `fit=cover`, `cover` `fit=crop`, `fill` `fit=scale`, `contain` `fit=fill`; with `we` `max`, `cover&enlarge=no`, `crop&enlarge=no`, `scale&enlarge=no`, `fillmax`',
    read: fit,
  },
  {
    name: 'we',
    takes: 'true or false',
    becomes: 'the fit modes that do not enlarge',
    read: (text) => ({ isUnenlarged: isTrue(text) }),
  },
  {
    name: 'cbg',
    takes: 'a colour',
    becomes: '`bg`',
    read: (text) => given(colour(text), (canvas) => ({ canvas })) ?? {},
  },
  {
    name: 'precrop',
    takes: 'true or false',
    becomes: '`rect` in place of `cut`',
    read: (text) => ({ isPrecrop: isTrue(text) }),
  },
  {
    name: 'a',
    aliases: ['align'],
    takes: 'center, an edge, a corner such as top-left, focal, entropy or attention',
    becomes: '`crop`; beside `fit=contain` `fill-align`',
    read: align,
  },
  {
    name: 'fpx',
    takes: 'a number from 0 to 1',
    becomes: '`fp-x`',
    read: (text) => given(number(text, 0, 1), (focalX) => ({ focalX })) ?? {},
  },
  {
    name: 'fpy',
    takes: 'a number from 0 to 1',
    becomes: '`fp-y`',
    read: (text) => given(number(text, 0, 1), (focalY) => ({ focalY })) ?? {},
  },
  ...(['x', 'y', 'w', 'h'] as const).map((key) => ({
    name: `c${key}`,
    takes: 'pixels or percent',
    becomes: '`cut`, or `rect` with `precrop`',
    read: (text: string) => span(key, text),
  })),
  {
    name: 'crop',
    takes: 'width,height,x,y',
    becomes: 'as `cw`, `ch`, `cx`, `cy`',
    read(text) {
      const [w, h, x, y] = text.split(',').map((part) => whole(part, 0, 100_000))
      if (!w || !h || x === undefined || y === undefined) return {}
      return { cut: { x: shown(x), y: shown(y), w: shown(w), h: shown(h) } }
    },
  },
  {
    name: 'trim',
    takes: 'nothing, or a number from 1 to 254',
    becomes: '`trim=color`, `trim-tol`',
    read: (text) => ({ native: trimmed(whole(text, 1, 254) ?? 10) }),
  },
  {
    name: 'tbg',
    takes: 'a colour',
    becomes: '`trim-color`',
    read: (text) => given(colour(text), (border) => ({ native: { 'trim-color': border } })) ?? {},
  },
  {
    name: 'mask',
    aliases: ['shape'],
    takes: `ellipse, ${badges.join(', ')}`,
    becomes: '`mask`',
    differs: 'A shape is as large as the picture has room for.',
    when: /(?:gon|star|heart|triangle)/,
    read: (text) =>
      given(
        shapes.find((shape) => shape === text),
        (mask) => ({ mask }),
      ) ?? {},
  },
  {
    name: 'mtrim',
    aliases: ['strim'],
    takes: 'true or false',
    becomes: '`cut` to the ratio of the shape',
    read: (text) => ({ isTight: isTrue(text) }),
  },
  {
    name: 'mbg',
    takes: 'a colour',
    becomes: '`mask-bg`',
    read: (text) => given(colour(text), (outside) => ({ native: { 'mask-bg': outside } })) ?? {},
  },
  {
    name: 'ro',
    aliases: ['or'],
    takes: 'degrees',
    becomes: '`or` for a multiple of 90, else `rot` with `rot-type=pivot`',
    idle: ['0'],
    read: (text) => given(whole(text, -100_000, 100_000), (rotation) => ({ rotation })) ?? {},
  },
  {
    name: 'rbg',
    takes: 'a colour',
    becomes: '`bg` beside `ro`',
    read: (text) => given(colour(text), (corners) => ({ corners })) ?? {},
  },
  {
    name: 'flip',
    takes: 'true or false',
    becomes: '`flip=v`',
    read: (text) => ({ isFlipped: isTrue(text) }),
  },
  {
    name: 'flop',
    takes: 'true or false',
    becomes: '`flip=h`',
    read: (text) => ({ isFlopped: isTrue(text) }),
  },
]
