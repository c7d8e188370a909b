// The filters of thumbor 7, and those of imagor, which extends it. A filter that neither knows is skipped, as they do.
import { balance, blur, grey, percent } from '../shared/effects.ts'
import { clamp, given, lookUp, number, shown, whole } from '../shared/values.ts'
import { ignored, type Pairs, unwritten, type Word } from '../shared/words.ts'

import { imagorFilters } from './imagor.ts'
import {
  colorize,
  colour,
  focal,
  formats,
  list,
  roundCorner,
  type ThumborAsked,
  unread,
  watermark,
} from './readers.ts'

export const thumborFilters: readonly Word<ThumborAsked>[] = [
  {
    name: 'autojpg',
    takes: 'true or false',
    becomes: '`fm=basic`',
    differs: 'A graphic stays PNG: JPEG would blur its edges.',
    read: (text) => (/^(?:false|0)$/i.test(text) ? {} : { format: 'basic' }),
  },
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
  {
    name: 'colorize',
    takes: 'percent of red, green and blue, then a colour in hex',
    becomes: '`blend`, `blend-mode=normal`, `blend-alpha`',
    differs: 'Three percentages that are not the same are refused.',
    when: /(?!)/,
    read: colorize,
  },
  {
    name: 'contrast',
    takes: 'percent from -100 to 100',
    becomes: '`con`',
    needs: 'con=1',
    read: (text) => given(number(text, -100, 100), (value) => ({ native: percent('con', value) })),
  },
  unread('convolution', 'step'),
  { name: 'cover', takes: 'nothing', becomes: '`frame=1`', read: () => ({ native: { frame: '1' } }) },
  unread('curve', 'step'),
  unread('equalize', 'step'),
  unread('extract_focal', 'source'),
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
  unread('frame', 'step'),
  {
    name: 'gifv',
    takes: 'mp4 or webm, mp4 when bare',
    becomes: '`fm=mp4`, `fm=webm`',
    needs: 'fm=mp4',
    read: (text) => (/^(?:mp4|webm)?$/.test(text) ? { format: text || 'mp4' } : undefined),
  },
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
  unread('noise', 'step'),
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
  unread('red_eye', 'model'),
  {
    name: 'rgb',
    takes: 'red, green and blue in percent from -100 to 100',
    becomes: '`balance`',
    needs: 'balance=1,2,3',
    read(text) {
      const [red, green, blue, ...rest] = list(text).map((part) => number(part, -100, 100))
      if (red === undefined || green === undefined || blue === undefined || rest.length > 0) return undefined
      return { native: balance([red, green, blue]) }
    },
  },
  {
    name: 'rotate',
    takes: 'degrees, counter-clockwise; only multiples of 90 have an effect',
    becomes: '`rot` with `rot-type=pivot`',
    read: (text) => given(whole(text, -3600, 3600), (rotation) => (rotation % 90 === 0 ? { rotation } : {})),
  },
  {
    name: 'round_corner',
    takes:
      'a radius, red, green, blue, and whether the corners are transparent; for imagor one or two equal radii and a colour',
    becomes: '`mask=corners`, `corner-radius`, `mask-bg`',
    differs: 'Two radii that are not the same are refused.',
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
    differs: 'Places in percent, and two different distances from the right and the bottom, are refused.',
    when: /(?!)/,
    needs: 'mark=/a.png',
    read: watermark,
  },
  ...imagorFilters,
]

export type { ThumborAsked } from './readers.ts'
