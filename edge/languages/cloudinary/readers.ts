// What Cloudinary's keys come to, and how their values are read.
import type { Orient } from '../../../transforms/index.ts'
import { turned } from '../../../transforms/index.ts'
import { inTurn, mirrored, quarters, upended } from '../shared/pairs.ts'
import type { Why } from '../shared/reasons.ts'
import { given, hexColour, lookUp, namedColour, number, rgb, shown, whole } from '../shared/values.ts'
import { type Asked, type Pairs, type Word, written } from '../shared/words.ts'

export interface CloudinaryAsked extends Asked {
  /** Pixels, or a share as the native language writes it. */
  readonly w?: string
  readonly h?: string
  readonly mode?: string
  readonly gravity?: string
  readonly x?: string
  readonly y?: string
  readonly aspect?: number
  readonly angle?: Orient
  readonly isRaw?: boolean
  readonly format?: string
  readonly isWidthHinted?: boolean
  readonly isDensityHinted?: boolean
  readonly automatic?: readonly string[]
  readonly name?: string
  readonly isAttachment?: boolean
  readonly isFacts?: boolean
  readonly isProgressive?: boolean
  readonly isStill?: boolean
  readonly fallback?: string
  /** How much closer a thumbnail comes to a face. */
  readonly zoom?: number
  /** A share of the side of the picture as it came. */
  readonly isInitial?: boolean
  /** Of the picture in front of it: degrees clockwise that are no quarter turns. */
  readonly degrees?: number
  readonly colour?: string
  /** How much of `colour` covers the picture, 0 to 1. */
  readonly colorize?: number
  readonly red?: number
  readonly green?: number
  readonly blue?: number
}

export const cropModes = [
  'scale',
  'fit',
  'limit',
  'fill',
  'lfill',
  'pad',
  'lpad',
  'mfit',
  'mpad',
  'crop',
  'thumb',
  'auto',
] as const

export const unread = (why: Why, ...names: string[]): Word<CloudinaryAsked>[] =>
  names.map((name) => ({ name, takes: 'what Cloudinary takes', why }))

export const length = (text: string): string | undefined => {
  if (/^\d{1,5}$/.test(text)) return given(whole(text, 1, 8192), shown)
  const share = number(text, 0, 1)
  if (share === undefined || share === 0) return undefined
  return share === 1 ? '1.0' : shown(share)
}

/** Pixels, or a share as `rect` writes it. */
export const offset = (text: string): string | undefined =>
  given(whole(text, 0, 100_000), shown) ??
  given(number(text, 0.0001, 0.9999), (share) => (text.includes('.') ? shown(share) : undefined))

export const fallbackWidth = (text: string): string =>
  given(whole(text.split(':').at(-1) ?? '', 1, 8192), shown) ?? '1200'

export const formats = written({
  ...{ jpg: 'jpg', jpeg: 'jpg', png: 'png', webp: 'webp', avif: 'avif', gif: 'gif' },
  ...{ mp4: 'mp4', webm: 'webm', auto: 'auto', 'auto:image': 'auto', 'auto:animated': 'auto' },
  ...{ jp2: 'jp2', jxl: 'jxl', tiff: 'tiff', heic: 'heic', bmp: 'bmp', ico: 'ico', svg: 'svg' },
})

export const compass: Readonly<Record<string, string>> = {
  ...{ center: '', north: 'top', south: 'bottom', east: 'right', west: 'left' },
  ...{
    north_east: 'top,right',
    north_west: 'top,left',
    south_east: 'bottom,right',
    south_west: 'bottom,left',
  },
}

/** The words of the native `crop`; undefined for what is not looked for here. */
export function gravityWord(text: string): string | undefined {
  if (/^auto(?:$|:)/.test(text)) return 'attention'
  if (/^(?:adv_)?faces?(?:$|:)/.test(text)) return 'faces,attention'
  return lookUp(compass, text)
}

export function colour(text: string): string | undefined {
  const [, hex] = /^rgb:([0-9a-f]{3,8})$/i.exec(text) ?? []
  return hex === undefined ? namedColour(text) : hexColour(hex)
}

/** A grey of 0 to 255 as every channel. */
export const greyOf = (value: number): string | undefined => rgb([value, value, value])

export function ratio(text: string): number | undefined {
  const [w = '', h = '1', ...rest] = text.split(':')
  const value = (number(w, 0.0001, 10_000) ?? Number.NaN) / (number(h, 0.0001, 10_000) ?? Number.NaN)
  return rest.length === 0 && value > 0.01 && value < 100 ? value : undefined
}

export const turns: Readonly<Record<string, Orient>> = {
  ...{ auto_right: turned(1), auto_left: turned(3), hflip: mirrored, vflip: upended, exif: turned(0) },
}

export function angles(text: string): CloudinaryAsked | undefined {
  let orient = turned(0)
  let isRaw = false
  for (const word of text.split('.')) {
    const degrees = whole(word, -3600, 3600)
    if (degrees !== undefined && degrees % 90 !== 0) {
      // Whatever is behind it would turn a larger frame.
      if (word !== text.split('.').at(-1)) return undefined
      return { angle: orient, degrees, ...(isRaw ? { isRaw } : {}) }
    }
    const next = degrees === undefined ? lookUp(turns, word) : quarters(degrees)
    if (word === 'ignore') isRaw = true
    else if (!next) return undefined
    else orient = inTurn(orient, next)
  }
  return { angle: orient, ...(isRaw ? { isRaw } : {}) }
}

export function radius(text: string): CloudinaryAsked | undefined {
  if (text === 'max') return { native: { mask: 'ellipse' } }
  const radii = text.split(':').map((part) => whole(part, 0, 8192))
  if (radii.length > 4 || radii.some((each) => each === undefined)) return undefined
  const [first = 0, second = first, third = first, fourth = second] = radii as number[]
  return { native: { mask: 'corners', 'corner-radius': [first, second, third, fourth].join(',') } }
}

export function quality(text: string): CloudinaryAsked | undefined {
  const [, level] = /^auto(?::(best|good|eco|low|sensitive))?$/.exec(text) ?? []
  if (text.startsWith('auto')) {
    if (!/^auto(?::(?:best|good|eco|low|sensitive))?$/.test(text)) return undefined
    return { native: { q: 'auto' }, automatic: level === 'eco' || level === 'low' ? ['compress'] : [] }
  }
  const [number_ = '', chroma = '420'] = text.split(':')
  if (chroma !== '420' && chroma !== '444') return undefined
  const colours: Pairs = chroma === '444' ? { chromasub: '444' } : {}
  return given(whole(number_, 1, 100), (q) => ({ native: { q: shown(q), ...colours } }))
}

/** amount:colour, or amount:dark:light. */
export function tint(text: string): CloudinaryAsked | undefined {
  const [amount = '', ...names] = text === '' ? ['60'] : text.split(/:(?!#)/)
  const share = number(amount || '60', 0, 100)
  const paints = (names.join(':').match(/rgb:[0-9a-f]+|[a-z0-9]+/gi) ?? []).map(colour)
  const [first, second] = paints
  if (share === undefined || first === undefined || paints.length > 2 || paints.includes(undefined))
    return undefined
  if (share === 0) return {}
  const alpha = Math.round((share * 255) / 100)
  if (second === undefined)
    return { native: { monochrome: share === 100 ? first : hexOf(alpha) + sixDigits(first) } }
  return {
    native: { duotone: `${first},${second}`, ...(share < 100 ? { 'duotone-alpha': shown(share) } : {}) },
  }
}

const hexOf = (byte: number): string => byte.toString(16).padStart(2, '0')
const sixDigits = (text: string): string =>
  text.length < 6 ? text.slice(-3).replace(/./g, '$&$&') : text.slice(-6)

/** A region of x, y, w and h, that stands behind a bar; see regional in ../cloudinary.ts. */
export function hidden(text: string, by: 'pixelate' | 'blur'): CloudinaryAsked | undefined {
  const [strength = '', region = ''] = text.split('|')
  if (strength !== '' && whole(strength, 1, 2000) === undefined) return undefined
  const parts = region.split(',').map((part) => {
    if (part === '' || part === 'full') return part
    const value = number(part, 0, 100_000)
    return value === undefined
      ? undefined
      : part.includes('.') && value <= 1
        ? shown(value)
        : String(Math.round(value))
  })
  if (parts.length !== 4 || parts.includes(undefined)) return undefined
  return { native: { hide: parts.join(','), ...(by === 'blur' ? { 'hide-by': by } : {}) } }
}
