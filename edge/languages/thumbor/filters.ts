// The filters of thumbor 7, and those of imagor, which extends it. A filter that neither knows is skipped, as they do.
import { blur, grey, negative, percent, pixelate } from '../shared/effects.ts'
import { clamp, given, lookUp, number, shown, whole } from '../shared/values.ts'
import { ignored, type Pairs, unwritten, type Word } from '../shared/words.ts'

import {
  colour,
  focal,
  formats,
  imagor,
  list,
  roundCorner,
  type ThumborAsked,
  unread,
  watermark,
} from './readers.ts'

export const thumborFilters: readonly Word<ThumborAsked>[] = [
  unread('autojpg', 'true or false'),
  {
    name: 'background_color',
    takes: 'a colour',
    becomes: '`bg`',
    read: (text) => given(colour(text), (bg) => ({ native: { bg } })),
  },
  {
    name: 'blur',
    takes: 'a radius from 0 to 150, then a sigma',
    becomes: '`blur`: ten times the sigma, or the radius where it is alone',
    read(text) {
      const [radius, sigma = radius, ...rest] = list(text).map((part) => number(part, 0, 1000))
      return sigma === undefined || rest.length > 0 ? undefined : { native: blur(Math.min(150, sigma)) }
    },
  },
  {
    name: 'brightness',
    takes: 'percent from -100 to 100',
    becomes: '`bri`',
    needs: 'bri=1',
    read: (text) => given(number(text, -100, 100), (value) => ({ native: percent('bri', value) })),
  },
  unread('colorize'),
  {
    name: 'contrast',
    takes: 'percent from -100 to 100',
    becomes: '`con`',
    needs: 'con=1',
    read: (text) => given(number(text, -100, 100), (value) => ({ native: percent('con', value) })),
  },
  unread('convolution'),
  { name: 'cover', takes: 'nothing', becomes: '`frame=1`', read: () => ({ native: { frame: '1' } }) },
  unread('curve'),
  unread('equalize', 'nothing'),
  unread('extract_focal', 'nothing'),
  {
    name: 'fill',
    takes: 'a colour or transparent',
    becomes: '`bg`, beside `fit-in`: `fit=fillmax`; `blur` `fill=blur`',
    differs: '`auto` is refused.',
    when: /(?!)/,
    read(text) {
      const [fill = ''] = list(text)
      if (fill === 'blur') return { fill: '', native: { fill } }
      return fill === 'none'
        ? {}
        : given(fill === 'transparent' ? 'transparent' : colour(fill), (fill) => ({ fill }))
    },
  },
  {
    name: 'focal',
    takes: 'X,Y as shares from 0 to 1, or LEFTxTOP:RIGHTxBOTTOM in shares',
    becomes: '`crop=focalpoint`',
    differs: 'A region in pixels is refused: which share of the picture it is, its address does not say.',
    when: /(?!)/,
    read: focal,
  },
  {
    name: 'format',
    takes: 'one of jpeg, jpg, png, gif, webp, avif',
    becomes: '`fm`',
    refuses: unwritten(['heic', 'heif', 'jxl', 'tiff', 'jp2']),
    read: (text) => given(lookUp(formats, text), (format) => ({ format })),
  },
  unread('frame', 'a URL'),
  unread('gifv'),
  {
    name: 'grayscale',
    takes: 'nothing',
    becomes: '`sat=-100`',
    needs: 'sat=-100',
    read: () => ({ native: grey }),
  },
  ignored('max_age', 'seconds', 'How long an answer is fresh is said by its source.') as Word<ThumborAsked>,
  {
    name: 'max_bytes',
    takes: 'bytes from 100 to 100000000',
    becomes: '`max-bytes`',
    needs: 'max-bytes=1000',
    read: (text) =>
      given(whole(text, 100, 100_000_000), (bytes) => ({ native: { 'max-bytes': shown(bytes) } })),
  },
  {
    name: 'no_upscale',
    takes: 'nothing',
    becomes: '`enlarge=no`, `fit=max`',
    read: () => ({ isNeverUpscaled: true }),
  },
  unread('noise'),
  {
    name: 'proportion',
    takes: 'a number above 0 and up to 1',
    becomes: 'multiplies `w` and `h`',
    read: (text) => given(number(text, 0.0001, 1), (proportion) => ({ proportion })),
  },
  {
    name: 'quality',
    takes: 'an integer from 0 to 100',
    becomes: '`q`',
    differs: 'A number means what looks the same in every format.',
    read: (text) => given(whole(text, 0, 100), (quality) => ({ native: { q: shown(quality) } })),
  },
  unread('red_eye', 'nothing'),
  unread('rgb'),
  {
    name: 'rotate',
    takes: 'degrees, counter-clockwise; only multiples of 90 have an effect',
    becomes: '`rot` with `rot-type=pivot`',
    read: (text) => given(whole(text, -3600, 3600), (rotation) => (rotation % 90 === 0 ? { rotation } : {})),
  },
  {
    name: 'round_corner',
    takes: 'a radius, red, green, blue, and whether the corners are transparent',
    becomes: '`mask=corners`, `corner-radius`, `mask-bg`',
    differs: 'Two radii, and the colours of imagor, are refused.',
    when: /(?!)/,
    read: roundCorner,
  },
  {
    name: 'saturation',
    takes: 'a factor from 0 to 2',
    becomes: '`sat`',
    needs: 'sat=1',
    differs: 'As thumbor measures it, where 1 changes nothing; imagor counts percent.',
    read: (text) => given(number(text, 0, 2), (factor) => ({ native: percent('sat', (factor - 1) * 100) })),
  },
  {
    name: 'sharpen',
    takes: 'an amount, a radius, and whether luminance alone is sharpened',
    becomes: '`sharp`: ten times the amount',
    differs: 'Sharpening has one radius.',
    read(text) {
      const [amount = ''] = list(text)
      return given(number(amount, 0, 1000), (value) => ({
        native: (value > 0 ? { sharp: shown(clamp(value * 10, 0, 100)) } : {}) as Pairs,
      }))
    },
  },
  { name: 'stretch', takes: 'nothing', becomes: '`fit=scale`', read: () => ({ isStretched: true }) },
  { name: 'strip_exif', takes: 'nothing', becomes: 'what is always done', read: () => ({}) },
  { name: 'strip_icc', takes: 'nothing', becomes: 'what is always done', read: () => ({}) },
  { name: 'strip_metadata', takes: 'nothing', becomes: 'what is always done', read: () => ({}) },
  {
    name: 'upscale',
    takes: 'nothing',
    becomes: '`fit=clip` beside `fit-in`',
    read: () => ({ isUpscaled: true }),
  },
  {
    name: 'watermark',
    takes: 'an address or a path, x, y and alpha, then ratios of width and height',
    becomes: '`mark`, `mark-x`, `mark-y`, `mark-align`, `mark-alpha`, `mark-w`, `mark-h`',
    differs: 'Places in percent, and different distances from the right and the bottom, are refused.',
    when: /(?!)/,
    needs: 'mark=/a.png',
    read: watermark,
  },
  {
    name: 'pixelate',
    takes: 'a size of blocks',
    becomes: '`px`, up to 100',
    read: (text) => given(whole(text || '10', 0, 100_000), (block) => ({ native: pixelate(block) })),
  },
  {
    name: 'invert',
    takes: 'nothing',
    becomes: '`invert`',
    needs: 'invert=true',
    read: () => ({ native: negative }),
  },
  {
    name: 'attachment',
    takes: 'a name',
    becomes: 'a download under this name',
    read: (text) => ({ name: text }),
  },
  {
    name: 'expire',
    takes: 'a time in Unix milliseconds',
    becomes: '`expires`',
    read: (text) =>
      /^\d{1,13}$/.test(text) ? { native: { expires: String(Math.floor(Number(text) / 1000)) } } : undefined,
  },
  ...imagor('hue', 'crop', 'image', 'label', 'text', 'orient', 'page', 'dpi', 'max_frames', 'redact'),
  ...imagor('redact_oval', 'lossless', 'raw', 'preview', 'to_colorspace', 'trim', 'padding'),
]

export type { ThumborAsked } from './readers.ts'
