// The filters of thumbor 7, and those of imagor, which extends it. A filter that neither knows is skipped, as they do.
import { blur, grey, negative, percent, pixelate } from '../shared/effects.ts'
import { clamp, given, hexColour, lookUp, namedColour, number, shown, whole } from '../shared/values.ts'
import { type Asked, ignored, type Pairs, type Word } from '../shared/words.ts'

export interface ThumborAsked extends Asked {
  readonly fill?: string
  readonly focal?: readonly [x: number, y: number]
  readonly format?: string
  readonly isStretched?: boolean
  readonly isUpscaled?: boolean
  readonly isNeverUpscaled?: boolean
  readonly proportion?: number
  readonly rotation?: number
  readonly name?: string
}

const list = (text: string): readonly string[] =>
  (text.match(/'[^']*'|[^,]+/g) ?? []).map((part) => part.trim().replace(/^'(.*)'$/s, '$1'))

const colour = (text: string): string | undefined => hexColour(text.replace(/^#/, '')) ?? namedColour(text)

const unread = (name: string, takes = 'what thumbor takes'): Word<ThumborAsked> => ({ name, takes })
const imagor = (...names: string[]): Word<ThumborAsked>[] =>
  names.map((name) => ({ name, takes: 'what imagor takes' }))

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
    becomes: '`bg`, beside `fit-in`: `fit=fillmax`',
    differs: '`auto` and `blur` are refused.',
    when: /(?!)/,
    read(text) {
      const [fill = ''] = list(text)
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
    refuses: ['heic', 'heif', 'jxl', 'tiff', 'jp2'],
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
  unread('max_bytes', 'bytes'),
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
  unread('round_corner'),
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
  unread('watermark', 'a URL, a place and an alpha'),
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

const formats: Readonly<Record<string, string>> = {
  ...{ jpeg: 'jpg', jpg: 'jpg', png: 'png', gif: 'gif', webp: 'webp', avif: 'avif' },
}

function focal(text: string): ThumborAsked | undefined {
  const [left, top, right = left, bottom = top, ...rest] = text
    .split(/[x:,]/)
    .map((part) => (part.includes('.') || part === '0' || part === '1' ? number(part, 0, 1) : undefined))
  if (
    left === undefined ||
    top === undefined ||
    right === undefined ||
    bottom === undefined ||
    rest.length > 0
  )
    return undefined
  return { focal: [(left + right) / 2, (top + bottom) / 2] }
}
