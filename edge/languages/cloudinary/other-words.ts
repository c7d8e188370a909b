// Cloudinary's keys of colour, format and delivery.
import { opaque } from '../shared/effects.ts'
import { given, lookUp, number, shown, whole } from '../shared/values.ts'
import { ignored, unwritten, type Word } from '../shared/words.ts'
import { type CloudinaryAsked, colour, formats, quality, radius, unread } from './readers.ts'

const colourSpaces = { srgb: 'srgb', 'srgb:truecolor': 'srgb', tinysrgb: 'tinysrgb' }

export const otherWords: readonly Word<CloudinaryAsked>[] = [
  {
    name: 'b',
    takes: 'a colour: a name, or rgb: and hex',
    becomes: '`bg`',
    differs: '`auto` and `gen_fill` are refused.',
    when: /(?!)/,
    read: (text) => given(colour(text), (bg) => ({ native: { bg } })),
  },
  {
    name: 'bo',
    takes: '<n>px_solid_<colour>',
    becomes: '`border`',
    needs: 'border=1,000',
    read(text) {
      const [, width, name = ''] = /^(\d{1,3})px_solid_(.+)$/.exec(text) ?? []
      return given(width && colour(name), (paint) =>
        paint ? { native: { border: `${width},${paint}` } } : undefined,
      )
    },
  },
  {
    name: 'r',
    takes: 'pixels, up to four of them divided by colons, or max',
    becomes: '`mask=corners` and `corner-radius`; `max` `mask=ellipse`',
    needs: 'mask=corners&corner-radius=1',
    idle: ['0'],
    read: radius,
  },
  {
    name: 'o',
    takes: 'percent',
    becomes: '`opacity`',
    needs: 'opacity=50',
    read: (text) => given(number(text, 0, 100), (percent) => ({ native: opaque(percent / 100) })),
  },
  {
    name: 'q',
    takes: 'an integer from 1 to 100, or auto, auto:best, auto:good, auto:eco, auto:low',
    becomes:
      '`q`, `chromasub` behind a colon; `auto` `q=auto`, `auto:eco` and `auto:low` with `auto=compress`',
    differs: 'Chroma other than 420 and 444 is refused.',
    when: /(?!)/,
    read: quality,
  },
  {
    name: 'f',
    takes: 'one of auto, jpg, png, webp, avif, gif, mp4, webm',
    becomes: '`fm`; `auto` `auto=format`',
    refuses: unwritten(['jp2', 'jxl', 'tiff', 'bmp', 'ico', 'svg', 'pdf', 'heic', 'wdp']),
    read: (text) => given(lookUp(formats, text), (format) => ({ format })),
  },
  {
    name: 'd',
    takes: 'a public id, its folders divided by colons',
    becomes: 'the picture that is shown where there is none',
    differs: 'The status still tells that the picture is missing.',
    read: (text) => ({ fallback: text.replaceAll(':', '/') }),
  },
  {
    name: 'cs',
    takes: 'one of srgb, srgb:truecolor, tinysrgb, no_cmyk',
    becomes: '`cs=srgb`, `cs=tinysrgb`; `no_cmyk` is what is always done',
    refuses: { coder: ['cmyk', 'keep_cmyk'], account: ['icc:ID'] },
    idle: ['no_cmyk'],
    read: (text) => given(lookUp(colourSpaces, text), (cs) => ({ native: { cs } })),
  },
  {
    name: 'co',
    takes: 'a colour',
    becomes: 'the colour of `e_colorize`',
    read: (text) => given(colour(text), (paint) => ({ colour: paint })),
  },
  {
    name: 'pg',
    takes: 'a number from 1',
    becomes: '`page`, `frame`',
    differs: 'Ranges and names of layers are refused.',
    when: /(?!)/,
    idle: ['1'],
    read: (text) =>
      given(whole(text, 2, 100_000), (page) => ({ native: { page: shown(page), frame: shown(page) } })),
  },
  {
    name: 'dl',
    takes: 'milliseconds from 17 to 10000',
    becomes: '`fps`',
    read: (text) => given(whole(text, 17, 10_000), (ms) => ({ native: { fps: shown(1000 / ms) } })),
  },
  {
    name: 'fps',
    takes: 'frames a second from 1 to 60',
    becomes: '`fps`',
    read: (text) => given(number(text, 1, 60), (fps) => ({ native: { fps: shown(fps) } })),
  },
  {
    name: 'so',
    takes: 'seconds',
    becomes: '`time`',
    needs: 'time=1',
    why: 'film',
    differs: 'Percent of the duration are refused.',
    when: /(?!)/,
    read: (text) => given(number(text, 0, 86_400), (second) => ({ native: { time: shown(second) } })),
  },
  {
    name: 'dn',
    takes: 'dots an inch',
    becomes: '`dpi`',
    needs: 'dpi=72',
    why: 'coder',
    read: (text) => given(whole(text, 1, 10_000), (dpi) => ({ native: { dpi: shown(dpi) } })),
  },
  {
    name: 'l',
    takes: 'a public id, fetch: and Base64, or text:font_size:words',
    becomes: '`mark`, `txt` and their kin',
    needs: 'mark=/a.png&txt=a',
    differs:
      'Each lies upon what the components before it made. Effects on a layer, offsets from the middle, and different offsets from the bottom and the right are refused.',
    when: /(?!)/,
    read: () => ({}),
  },
  { name: 'u', takes: 'a layer', why: 'order' },
  {
    name: 'if',
    takes: 'a condition such as w_gt_500, else or end',
    becomes: 'the components that are taken; `if_w_gt_500/c_scale,w_500/if_end` is `c_limit,w_500`',
    differs: 'What is asked of a size that the address does not say, of faces, pages and tags, is refused.',
    when: /(?!)/,
    read: () => ({}),
  },
  { name: 'bl', takes: 'a named transformation', why: 'account' },
  {
    name: 't',
    takes: 'a transformation that the settings name',
    becomes: 'its components',
    read: () => ({}),
  },
  ignored('p', 'a prefix'),
  ...unread('film', 'ac', 'af', 'br', 'du', 'eo', 'ki', 'sp', 'vc', 'vs'),
  ...unread('account', 'fn'),
]
