// imgproxy's options of colour, effects and watermarks.
import { blur, colourised, pixelate, veiled } from '../shared/effects.ts'
import { clamp, given, hexColour, lookUp, number, shown, whole } from '../shared/values.ts'
import type { Word } from '../shared/words.ts'
import { args, background, duotone, type ImgproxyAsked, members, monochrome, named, tone } from './readers.ts'

export const effectWords: readonly Word<ImgproxyAsked>[] = [
  {
    name: 'background',
    aliases: ['bg'],
    takes: 'a hex colour or R:G:B, or nothing',
    becomes: '`bg`',
    idle: [''],
    read: (text) => given(background(text), (bg) => ({ native: { bg } })),
  },
  {
    name: 'background_alpha',
    aliases: ['bga'],
    takes: 'a number from 0 to 1',
    becomes: 'the alpha of `bg`',
    read: (text) => given(number(text, 0, 1), (alpha) => ({ alpha })),
  },
  {
    name: 'brightness',
    aliases: ['br'],
    takes: 'an integer from -255 to 255',
    becomes: '`bri` in percent',
    needs: 'bri=1',
    read: (text) => given(whole(text, -255, 255), (value) => ({ native: tone('bri', value / 2.55) })),
  },
  {
    name: 'contrast',
    aliases: ['co'],
    takes: 'a factor from 0 to 2',
    becomes: '`con`',
    needs: 'con=1',
    read: (text) => given(number(text, 0, 2), (value) => ({ native: tone('con', (value - 1) * 100) })),
  },
  {
    name: 'saturation',
    aliases: ['sa'],
    takes: 'a factor from 0 to 2',
    becomes: '`sat`',
    needs: 'sat=1',
    read: (text) => given(number(text, 0, 2), (value) => ({ native: tone('sat', (value - 1) * 100) })),
  },
  {
    name: 'adjust',
    aliases: ['a'],
    takes: 'brightness:contrast:saturation',
    becomes: '`bri`, `con`, `sat`',
    needs: 'bri=1&con=1&sat=1',
    read: (text) =>
      members(text, [
        (part) => given(whole(part, -255, 255), (value) => ({ native: tone('bri', value / 2.55) })),
        (part) => given(number(part, 0, 2), (value) => ({ native: tone('con', (value - 1) * 100) })),
        (part) => given(number(part, 0, 2), (value) => ({ native: tone('sat', (value - 1) * 100) })),
      ]),
  },
  {
    name: 'monochrome',
    aliases: ['mc'],
    takes: 'an intensity from 0 to 1, then a colour',
    becomes: '`monochrome`',
    needs: 'monochrome=ff112233',
    read: monochrome,
  },
  {
    name: 'duotone',
    aliases: ['dt'],
    takes: 'an intensity from 0 to 1, then a dark and a light colour',
    becomes: '`duotone`, `duotone-alpha`',
    needs: 'duotone=000,fff&duotone-alpha=50',
    read: duotone,
  },
  {
    name: 'blur',
    aliases: ['bl'],
    takes: 'a sigma from 0',
    becomes: '`blur` times ten, up to a sigma of 200',
    read: (text) => given(number(text, 0, 10_000), (sigma) => ({ native: blur(sigma) })),
  },
  {
    name: 'sharpen',
    aliases: ['sh'],
    takes: 'a sigma from 0',
    becomes: '`sharp` times 25',
    differs: 'Our sharpening has one radius: a larger sigma sharpens more, not wider.',
    read: (text) =>
      given(number(text, 0, 100), (sigma) => ({
        native: sigma > 0 ? { sharp: shown(clamp(sigma * 25, 0, 100)) } : {},
      })),
  },
  {
    name: 'pixelate',
    aliases: ['pix'],
    takes: 'a size of blocks from 0',
    becomes: '`px`, up to 100',
    read: (text) => given(whole(text, 0, 100_000), (block) => ({ native: pixelate(block) })),
  },
  {
    name: 'unsharp_masking',
    aliases: ['ush'],
    takes: 'auto, always or none, a weight from 0 to 10, and a divider',
    becomes: '`usm`: twenty times the weight',
    differs: 'It is done whatever the size, and the divider does not count.',
    idle: ['none', ''],
    read: unsharp,
  },
  {
    name: 'blur_areas',
    aliases: ['ba'],
    takes: 'a sigma, then left, top, width and height as shares',
    becomes: '`hide`, `hide-by=blur`',
    differs: 'The strength is that which makes the area unrecognisable; several areas are refused.',
    idle: ['', '0'],
    read: blurredArea,
  },
  ...named('progressive_blur', ['pbl'], { takes: 'a sigma and a direction', why: 'step', idle: ['', '0'] }),
  {
    name: 'blur_detections',
    aliases: ['bd'],
    takes: 'a sigma, then face',
    becomes: '`face-blur`',
    differs: 'The strength is a share of the size of a face, and at least a quarter.',
    idle: ['', '0'],
    read: blurredFaces,
  },
  ...named('draw_detections', ['dd'], { takes: 'true or false', why: 'step', idle: ['0', 'false', 'f'] }),
  {
    name: 'colorize',
    aliases: ['col'],
    takes: 'an opacity from 0 to 1, a colour, and whether transparency stays',
    becomes: '`blend`, `blend-mode=normal`, `blend-alpha`',
    read: colorize,
  },
  {
    name: 'gradient',
    aliases: ['gr'],
    takes: 'an opacity from 0 to 1, a colour, down, up, left or right, and where it begins and ends',
    becomes: '`shade`, `shade-ang`, `shade-from`, `shade-to`',
    needs: 'shade=000&shade-ang=90&shade-from=0.5&shade-to=0.5',
    differs: 'Directions in degrees are refused.',
    when: /(?!)/,
    idle: ['0', ''],
    read: gradient,
  },
  ...named('watermark_shadow', ['wmsh'], { takes: 'a sigma', why: 'step', idle: ['0', ''] }),
  ...named('style', ['st'], { takes: 'CSS in Base64', why: 'step', idle: [''] }),
]

function unsharp(text: string): ImgproxyAsked | undefined {
  const [mode = '', weight = '', divider = ''] = args(text)
  const [strength, by] = [number(weight || '1', 0, 10), number(divider || '24', 0.01, 1000)]
  if (strength === undefined || by === undefined) return undefined
  if (mode === 'none') return {}
  const isKnown = mode === 'auto' || mode === 'always' || mode === ''
  return isKnown ? { native: strength > 0 ? { usm: shown(clamp(strength * 20, 0, 100)) } : {} } : undefined
}

function blurredArea(text: string): ImgproxyAsked | undefined {
  const [sigma, left, top, width, height, ...rest] = args(text).map((part) => number(part, 0, 10_000))
  if (sigma === undefined || rest.length > 0) return undefined
  const sides = [left, top, width, height].map((side) => (side === undefined || side > 1 ? -1 : side))
  if (sides.some((side) => side < 0) || width === 0 || height === 0) return undefined
  const [x = 0, y = 0, w = 1, h = 1] = sides
  const part = [shown(x), shown(y), w === 1 ? 'full' : shown(w), h === 1 ? 'full' : shown(h)].join(',')
  return { native: sigma > 0 ? { hide: part, 'hide-by': 'blur' } : {} }
}

function blurredFaces(text: string): ImgproxyAsked | undefined {
  const [sigma = '', ...classes] = args(text)
  if (classes.length !== 1 || classes[0] !== 'face') return undefined
  return given(number(sigma, 0, 10_000), (strength) => ({
    native: strength > 0 ? veiled('blur', strength * 4) : {},
  }))
}

const directions: Readonly<Record<string, string>> = { '': '', down: '', left: '90', up: '180', right: '270' }

function gradient(text: string): ImgproxyAsked | undefined {
  const [opacity = '', colour = '', direction = '', start = '', stop = '', ...rest] = args(text)
  const [share, paint] = [number(opacity, 0, 1), hexColour(colour || '000')]
  const [from, to] = [number(start || '0', 0, 1), number(stop || '1', 0, 1)]
  const angle = lookUp(directions, direction)
  if (share === undefined || paint === undefined || angle === undefined || rest.length > 0) return undefined
  if (from === undefined || to === undefined) return undefined
  const alpha = Math.round(share * 255)
    .toString(16)
    .padStart(2, '0')
  return {
    native: {
      shade: alpha + paint.slice(-6),
      ...(angle === '' ? {} : { 'shade-ang': angle }),
      ...(from > 0 ? { 'shade-from': shown(from) } : {}),
      ...(to < 1 ? { 'shade-to': shown(to) } : {}),
    },
  }
}

function colorize(text: string): ImgproxyAsked | undefined {
  const [opacity = '', colour = '', keeps = ''] = args(text)
  const [share, paint] = [number(opacity, 0, 1), hexColour(colour || '000')]
  if (share === undefined || paint === undefined || !/^(?:|0|1|t|f|true|false)$/i.test(keeps))
    return undefined
  return { native: colourised(paint, share) }
}
