// IPX' modifiers of colour and effects.
import {
  blackAndWhite,
  blur,
  gain,
  grey,
  hue,
  negative,
  opaque,
  percent,
  percentOf,
} from '../shared/effects.ts'
import { clamp, given, hexColour, namedColour, number, shown } from '../shared/values.ts'
import type { Word } from '../shared/words.ts'
import { gammas, type IpxAsked, linear, list, modulate } from './readers.ts'

export const effectWords: readonly Word<IpxAsked>[] = [
  {
    name: 'sharpen',
    takes: 'nothing, or a sigma',
    becomes: '`sharp`',
    differs:
      'Sharpening has one radius: a larger sigma sharpens more, not wider; the other numbers do not count.',
    read(text) {
      const [sigma = '', ...rest] = list(text)
      if (rest.some((part) => number(part, 0, 1_000_000) === undefined)) return undefined
      if (sigma === '') return { native: { sharp: '20' } }
      return given(number(sigma, 0.000001, 10), (value) => ({
        native: { sharp: shown(clamp(value * 25, 0, 100)) },
      }))
    },
  },
  { name: 'median', takes: 'a size', why: 'step' },
  {
    name: 'blur',
    takes: 'nothing, or a sigma from 0.3 to 1000',
    becomes: '`blur` times ten, up to a sigma of 200',
    read(text) {
      const [sigma = ''] = list(text)
      return sigma === ''
        ? { native: blur(0.8) }
        : given(number(sigma, 0.3, 1000), (value) => ({ native: blur(value) }))
    },
  },
  ...['dilate', 'erode', 'clahe', 'unflatten'].map((name) => ({
    name,
    takes: 'what IPX takes',
    why: 'step' as const,
  })),
  {
    name: 'normalize',
    aliases: ['normalise'],
    takes: 'nothing, or two percentiles',
    becomes: '`enhance`',
    differs: 'Tones are stretched no more than a little; the percentiles do not count.',
    read: (text) =>
      list(text).every((part) => part === '' || number(part, 0, 100) !== undefined)
        ? { native: { enhance: 'true' } }
        : undefined,
  },
  {
    name: 'threshold',
    takes: 'a value from 0 to 255, then whether the result is grey',
    becomes: '`threshold`',
    needs: 'threshold=50',
    read(text) {
      const [value = '', grey = 'true', ...rest] = list(text)
      if (grey !== 'true' || rest.length > 0) return undefined
      return given(number(value || '128', 0, 255), (least) => ({ native: blackAndWhite(least / 2.55) }))
    },
  },
  {
    name: 'linear',
    takes: 'a factor from 0 to 100, then a value from -255 to 255',
    becomes: '`gain`, `bri`',
    read: linear,
  },
  {
    name: 'opacity',
    takes: 'a share from 0 to 1',
    becomes: '`opacity`',
    needs: 'opacity=50',
    read: (text) => given(number(text, 0, 1), (opacity) => ({ opacity, native: opaque(opacity) })),
  },
  {
    name: 'lightness',
    takes: 'percent from -100 to 100',
    becomes: '`bri`',
    differs: 'It is added to red, green and blue, and not to the lightness of CIELAB.',
    read: (text) => given(number(text, -100, 100), (light) => ({ native: percent('bri', light) })),
  },
  {
    name: 'flatten',
    takes: 'nothing',
    becomes: '`bg`, black without a colour',
    read: () => ({ isFlat: true }),
  },
  {
    name: 'gamma',
    takes: 'nothing, or a number from 1 to 3 and another',
    becomes: '`gam`: the second over the first',
    differs: 'The size is not changed in linear light.',
    read: gammas,
  },
  {
    name: 'negate',
    takes: 'nothing',
    becomes: '`invert`',
    needs: 'invert=true',
    read: (text) => (text === 'false' ? undefined : { native: negative }),
  },
  {
    name: 'modulate',
    takes: 'brightness, saturation, hue and lightness',
    becomes: '`gain`, `sat`, `hue`, `bri`',
    needs: 'gain=2&sat=1&hue=1',
    read: modulate,
  },
  {
    name: 'brightness',
    takes: 'a factor from 0',
    becomes: '`gain`',
    needs: 'gain=2',
    read: (text) => given(number(text, 0, 100), (factor) => ({ native: gain(factor) })),
  },
  {
    name: 'saturation',
    takes: 'a factor from 0 to 2',
    becomes: '`sat`',
    needs: 'sat=1',
    read: (text) => given(number(text, 0, 2), (factor) => ({ native: percentOf('sat', factor) })),
  },
  {
    name: 'hue',
    takes: 'degrees',
    becomes: '`hue`',
    needs: 'hue=1',
    read: (text) => given(number(text, -3600, 3600), (degrees) => ({ native: hue(degrees) })),
  },
  {
    name: 'tint',
    takes: 'a colour',
    becomes: '`monochrome`',
    needs: 'monochrome=ff112233',
    read: (text) =>
      given(hexColour(text.replace(/^#/, '')) ?? namedColour(text), (colour) => ({
        native: { monochrome: colour },
      })),
  },
  {
    name: 'grayscale',
    aliases: ['greyscale'],
    takes: 'nothing',
    becomes: '`sat=-100`',
    needs: 'sat=-100',
    read: () => ({ native: grey }),
  },
]
