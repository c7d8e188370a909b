// Cloudinary's keys of colour, format and delivery.
import { given, lookUp } from '../shared/values.ts'
import { ignored, unwritten, type Word } from '../shared/words.ts'
import { type CloudinaryAsked, colour, formats, quality, radius, unread } from './readers.ts'

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
  { name: 'o', takes: 'percent', idle: ['100'] },
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
  { name: 'cs', takes: 'srgb', idle: ['srgb', 'tinysrgb', 'no_cmyk', 'srgb:truecolor'] },
  {
    name: 'co',
    takes: 'a colour',
    becomes: 'the colour of `e_colorize`',
    read: (text) => given(colour(text), () => ({})),
  },
  { name: 'pg', takes: '1', idle: ['1'] },
  {
    name: 'l',
    takes: 'a public id, fetch: and Base64, or text:font_size:words',
    becomes: '`mark`, `txt` and their kin',
    needs: 'mark=/a.png&txt=a',
    differs:
      'One picture and one text at most, laid over the finished result. Effects on a layer, and different offsets from two edges other than the left and the top, are refused.',
    when: /(?!)/,
    read: () => ({}),
  },
  { name: 'u', takes: 'a layer' },
  { name: 'if', takes: 'a condition' },
  { name: 'bl', takes: 'a named transformation' },
  {
    name: 't',
    takes: 'a transformation that the settings name',
    becomes: 'its components',
    read: () => ({}),
  },
  ignored('p', 'a prefix'),
  ...['ac', 'af', 'br', 'dl', 'dn', 'du', 'eo', 'so', 'fn', 'fps', 'ki', 'sp', 'vc', 'vs'].map((name) =>
    unread(name),
  ),
]
