// Cloudinary's keys of crop, size and turns.
import { given, number, shown } from '../shared/values.ts'
import type { Word } from '../shared/words.ts'
import { initialShare } from './conditions.ts'
import {
  angles,
  type CloudinaryAsked,
  cropModes,
  fallbackWidth,
  gravityWord,
  length,
  offset,
  ratio,
} from './readers.ts'

export const sizeWords: readonly Word<CloudinaryAsked>[] = [
  {
    name: 'w',
    takes: 'pixels from 1 to 8192, a share with a point up to 1.0, iw with a factor, or auto',
    becomes: '`w`; `auto`: `ch=width`, and 1200 pixels for clients without hints',
    differs: '`w_auto` follows the `Sec-CH-Width` hint; steps and break points do not count.',
    when: /^auto/,
    read: (text) =>
      text.startsWith('auto')
        ? { w: fallbackWidth(text), isWidthHinted: true }
        : (given(initialShare('w', text), (w) => ({ w, isInitial: true })) ??
          given(length(text), (w) => ({ w }))),
  },
  {
    name: 'h',
    takes: 'pixels from 1 to 8192, a share with a point up to 1.0, or ih with a factor',
    becomes: '`h`',
    read: (text) =>
      given(initialShare('h', text), (h) => ({ h, isInitial: true })) ?? given(length(text), (h) => ({ h })),
  },
  {
    name: 'c',
    takes: `one of ${cropModes.join(', ')}`,
    becomes:
      '`scale` `fit=scale`, `fit` `fit=clip`, `limit` `fit=max`, `fill` `fit=crop`, `lfill` `fit=crop&enlarge=no`, `pad` `fit=fill`, `lpad` `fit=fillmax`, `mfit` and `mpad` `enlarge=only`, `crop` `rect` or `cut`, `thumb` and `auto` `fit=crop`',
    refuses: { source: ['fill_pad', 'auto_pad'], account: ['imagga_scale', 'imagga_crop'] },
    differs: '`thumb` beside `g_face` keeps one and a half times the face on each side, or what `z` says.',
    when: /^thumb$/,
    read: (text) =>
      given(
        cropModes.find((each) => each === text),
        (mode) => ({ mode }),
      ),
  },
  {
    name: 'g',
    takes: 'a compass word such as north_east, center, xy_center, auto, face or faces',
    becomes: '`crop`; `auto` `crop=attention`, `face` `crop=faces,attention`; beside `c_pad` `fill-align`',
    differs: 'What is behind `auto:` and `face:` does not count.',
    when: /:/,
    read: (text) => (text !== 'xy_center' && gravityWord(text) === undefined ? undefined : { gravity: text }),
  },
  {
    name: 'x',
    takes: 'pixels from the corner, or a share with a point',
    becomes: '`rect` or `cut`',
    read: (text) => given(offset(text), (x) => ({ x })),
  },
  {
    name: 'y',
    takes: 'pixels from the corner, or a share with a point',
    becomes: '`rect` or `cut`',
    read: (text) => given(offset(text), (y) => ({ y })),
  },
  {
    name: 'ar',
    takes: 'a ratio such as 16:9 or 1.78',
    becomes: '`ar`, or the side that is not given',
    read: (text) => given(ratio(text), (aspect) => ({ aspect })),
  },
  {
    name: 'z',
    takes: 'a factor from 0.1 to 10',
    becomes: '`facepad` beside `c_thumb` and `g_face`: 1.5 over it',
    read: (text) => given(number(text, 0.1, 10), (zoom) => ({ zoom })),
  },
  {
    name: 'dpr',
    takes: 'a number above 0 and up to 5, or auto',
    becomes: '`dpr`; `auto` `ch=dpr`',
    read: (text) =>
      text === 'auto'
        ? { isDensityHinted: true }
        : given(number(text, 0.0001, 5), (dpr) => ({ native: { dpr: shown(dpr) } })),
  },
  {
    name: 'a',
    takes: 'degrees clockwise, or auto_right, auto_left, hflip, vflip, ignore, exif, joined by a point',
    becomes: '`or`, `turn`, `flip`, `rot` with `rot-type=pivot`, whichever stands in the right place',
    differs: '`auto_right` and `auto_left` turn in any case.',
    when: /auto_/,
    read: angles,
  },
]
