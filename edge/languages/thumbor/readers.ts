import { colourised, type Edges } from '../shared/effects.ts'
import type { Why } from '../shared/reasons.ts'
import { fromBase64, given, hexColour, namedColour, number, rgb, shown, whole } from '../shared/values.ts'
import { type Asked, type Word, written as writtenFormats } from '../shared/words.ts'
import { placeOf } from './place.ts'

export interface ThumborAsked extends Asked {
  readonly fill?: string
  readonly focal?: readonly [x: number, y: number]
  readonly format?: string
  readonly isStretched?: boolean
  readonly isUpscaled?: boolean
  readonly isNeverUpscaled?: boolean
  readonly proportion?: number
  readonly rotation?: number
  /** As written: an address, or a path of the source. */
  readonly mark?: string
  readonly name?: string
  /** The tolerance of a border that is cut off. */
  readonly trim?: number
  readonly padding?: Edges
  readonly isRaw?: boolean
}

export const list = (text: string): readonly string[] =>
  (text.match(/'[^']*'|[^,]+/g) ?? []).map((part) => part.trim().replace(/^'(.*)'$/s, '$1'))

export const colour = (text: string): string | undefined =>
  hexColour(text.replace(/^#/, '')) ?? namedColour(text)

export const unread = (name: string, why: Why): Word<ThumborAsked> => ({
  name,
  takes: 'what thumbor takes',
  why,
})

export const formats = writtenFormats({
  ...{ jpeg: 'jpg', jpg: 'jpg', png: 'png', gif: 'gif', webp: 'webp', avif: 'avif' },
  ...{ heic: 'heic', heif: 'heic', jxl: 'jxl', tiff: 'tiff', jp2: 'jp2' },
})

/** One share for all three colours. */
export function colorize(text: string): ThumborAsked | undefined {
  const [red = '', green = '', blue = '', fill = '', ...rest] = list(text)
  const share = number(red, 0, 100)
  const paint = hexColour(fill)
  if (share === undefined || paint === undefined || rest.length > 0) return undefined
  return Number(green) === share && Number(blue) === share
    ? { native: colourised(paint, share / 100) }
    : undefined
}

export function focal(text: string): ThumborAsked | undefined {
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

export function roundCorner(text: string): ThumborAsked | undefined {
  const [radius = '', second = '', name = '', ...more] = list(text)
  // imagor's has another radius and a colour behind the first.
  const isImagor = second !== '' && more.length === 0 && (name === '' || colour(name) !== undefined)
  if (isImagor && !(name !== '' && whole(name, 0, 255) !== undefined))
    return second === radius ? cornered(radius, name === '' ? undefined : colour(name)) : undefined
  const [, ...paint] = list(text)
  const size = whole(radius, 0, 8192)
  const [red, green, blue] = paint.slice(0, 3).map((channel) => whole(channel, 0, 255) ?? Number.NaN)
  const outside = paint.length === 0 ? 'ffffff' : rgb([red ?? 0, green ?? 0, blue ?? 0])
  if (size === undefined || outside === undefined || paint.length > 4) return undefined
  const isTransparent = /^(?:true|1)$/i.test(paint[3] ?? '')
  return cornered(radius, isTransparent ? undefined : outside)
}

const cornered = (radius: string, outside: string | undefined): ThumborAsked | undefined =>
  given(whole(radius, 0, 8192), (size) => ({
    native: {
      mask: 'corners',
      'corner-radius': shown(size),
      ...(outside === undefined ? {} : { 'mask-bg': outside }),
    },
  }))

/** text(words, x, y, font, colour, alpha): a font is written as Pango's, with hyphens: sans-bold-24. */
export function written(text: string): ThumborAsked | undefined {
  const [words = '', x = '0', y = '0', font = '', paint = '', alpha = '0', ...rest] = list(text)
  const said = words.startsWith('b64:') ? fromBase64(words.slice(4)) : words
  const at = placeOf(x, y, 'txt')
  const opacity = 100 - (number(alpha, 0, 100) ?? Number.NaN)
  const ink = colour(paint || '000000')
  if (!said || !at || ink === undefined || Number.isNaN(opacity) || rest.length > 0) return undefined
  const parts = font.split('-').filter(Boolean)
  const size = parts.find((part) => /^\d{1,3}$/.test(part)) ?? '20'
  const styles = parts.filter((part) => /^(?:bold|italic)$/i.test(part))
  const family = parts.filter((part) => !/^(?:\d+|bold|italic|regular|normal)$/i.test(part)).join(' ')
  return {
    native: {
      txt: said,
      ...at,
      'txt-size': size,
      'txt-color':
        opacity < 100
          ? Math.round((opacity * 255) / 100)
              .toString(16)
              .padStart(2, '0') + ink.slice(-6)
          : ink,
      ...(font === '' ? {} : { 'txt-font': [family || 'sans-serif', ...styles].join(',').toLowerCase() }),
    },
  }
}

/** Pixels from the left or the top, from the right or the bottom where they are negative, or words. */
export function watermark(text: string): ThumborAsked | undefined {
  const [address = '', x = '0', y = '0', alpha = '0', ...ratios] = list(text)
  const opacity = number(alpha, 0, 100)
  const at = placeOf(x, y)
  const shares = ratios.map((ratio) => (ratio === 'none' ? undefined : (number(ratio, 1, 100) ?? Number.NaN)))
  if (address === '' || opacity === undefined || !at || ratios.length > 2 || shares.some(Number.isNaN))
    return undefined
  const [w, h] = shares.map((share) =>
    share === undefined || share === 100 ? undefined : shown(share / 100),
  )
  return {
    mark: address,
    native: {
      ...at,
      ...(opacity > 0 ? { 'mark-alpha': shown(100 - opacity) } : {}),
      ...(w === undefined ? {} : { 'mark-w': w }),
      ...(h === undefined ? {} : { 'mark-h': h }),
    },
  }
}
