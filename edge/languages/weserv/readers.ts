// What weserv's keys come to, and how their values are read.

import { type Badge, readColour, writeColour } from '../../../transforms/index.ts'
import { hue, negative, percent } from '../shared/effects.ts'
import { given, lookUp, number, shown, whole } from '../shared/values.ts'
import { type Asked, type Pairs, written } from '../shared/words.ts'

export interface WeservAsked extends Asked {
  readonly width?: Side
  readonly height?: Side
  readonly dpr?: number
  readonly fit?: WeservFit
  readonly isUnenlarged?: boolean
  readonly align?: string
  readonly focalX?: number
  readonly focalY?: number
  readonly canvas?: string
  readonly background?: string
  readonly isPrecrop?: boolean
  readonly cut?: Partial<Record<'x' | 'y' | 'w' | 'h', string>>
  readonly rotation?: number
  readonly isFlipped?: boolean
  readonly isFlopped?: boolean
  readonly output?: string
  readonly isInterlaced?: boolean
  readonly isLossless?: boolean
  readonly isAnimated?: boolean
  readonly name?: string
  readonly fallback?: string
  readonly mask?: 'ellipse' | Badge
  /** Cut down to the shape. */
  readonly isTight?: boolean
  /** Behind the corners of a picture that is turned by any angle. */
  readonly corners?: string
  /** From 0. */
  readonly page?: number
  /** How many pages or frames. */
  readonly count?: number
  readonly isEncoded?: boolean
}

/** Pixels, or a share as the native language writes it. */
export type Side = { readonly px: number } | { readonly share: string }
export type WeservFit = 'inside' | 'outside' | 'cover' | 'fill' | 'contain'

export const isTrue = (text: string): boolean => text !== 'false' && text !== '0'
export const colour = (text: string): string | undefined =>
  given(readColour(text.replace(/^#/, '')), writeColour)

/** A number beyond its range is absent, never an error. */
export const side = (text: string, set: (side: Side) => WeservAsked): WeservAsked => {
  const percent = /^(\d{1,3}(?:\.\d{1,4})?)(?:%25|%)$/.exec(text)?.[1]
  if (percent !== undefined) {
    const share = Number(percent) / 100
    return share > 0 && share <= 1 ? set({ share: share === 1 ? '1.0' : shown(share) }) : {}
  }
  return given(whole(text, 1, 100_000), (px) => set({ px: Math.min(px, 8192) })) ?? {}
}

/** A place or a side of the rectangle, as `rect` and `cut` write it. */
export const span = (key: 'x' | 'y' | 'w' | 'h', text: string): WeservAsked =>
  side(text, (value) => ({ cut: { [key]: 'px' in value ? shown(value.px) : value.share } }))

export const outputs = written({
  ...{ jpg: 'jpg', jpeg: 'jpg', png: 'png', gif: 'gif', webp: 'webp', avif: 'avif', av1: 'avif' },
  ...{ json: 'json', tiff: 'tiff', tif: 'tiff', jxl: 'jxl' },
})

export const fits: Readonly<Record<string, WeservAsked>> = {
  inside: { fit: 'inside' },
  outside: { fit: 'outside' },
  cover: { fit: 'cover' },
  fill: { fit: 'fill' },
  contain: { fit: 'contain' },
  fit: { fit: 'inside', isUnenlarged: true },
  fitup: { fit: 'inside' },
  square: { fit: 'cover' },
  squaredown: { fit: 'cover', isUnenlarged: true },
  absolute: { fit: 'fill' },
  letterbox: { fit: 'contain' },
}

/** Older spellings of a crop carry its place. */
export function fit(text: string): WeservAsked {
  const [, place] = /^crop(?:-(.*))?$/.exec(text) ?? []
  if (text.startsWith('crop')) return { fit: 'cover', ...(place === undefined ? {} : align(place)) }
  return lookUp(fits, text) ?? {}
}

export const aligns: Readonly<Record<string, string>> = {
  ...{
    center: '',
    top: 'top',
    right: 'right',
    bottom: 'bottom',
    left: 'left',
    t: 'top',
    r: 'right',
    b: 'bottom',
    l: 'left',
  },
  ...{
    'top-left': 'top,left',
    'top-right': 'top,right',
    'bottom-left': 'bottom,left',
    'bottom-right': 'bottom,right',
  },
  ...{ entropy: 'entropy', attention: 'attention', focal: 'focalpoint' },
}

export function align(text: string): WeservAsked {
  const [, x, y] = /^(?:crop|focal)-(\d{1,3})-(\d{1,3})$/.exec(text) ?? []
  if (x !== undefined && y !== undefined)
    return { align: 'focalpoint', focalX: Math.min(1, Number(x) / 100), focalY: Math.min(1, Number(y) / 100) }
  return given(lookUp(aligns, text), (align) => ({ align })) ?? {}
}

export const saturation = (factor: number): Pairs => percent('sat', (factor - 1) * 100)

export function modulate(text: string): WeservAsked {
  const [bright = '', strong = '', turn = ''] = text.split(',')
  const brightness = number(bright, 0, 100) ?? 1
  const light: Pairs = brightness === 1 ? {} : { gain: shown(brightness) }
  return {
    native: { ...light, ...saturation(number(strong, 0, 10_000) ?? 1), ...hue(number(turn, -1e5, 1e5) ?? 0) },
  }
}

export function filter(text: string): WeservAsked {
  const filters: Readonly<Record<string, Pairs>> = {
    greyscale: { sat: '-100' },
    grayscale: { sat: '-100' },
    sepia: { sepia: '100' },
    duotone: { duotone: '' },
    negate: negative,
  }
  return given(lookUp(filters, text), (native) => ({ native })) ?? {}
}

/** One delay for all frames, in milliseconds. */
export const delay = (text: string): WeservAsked | undefined =>
  text.includes(',') ? undefined : (given(whole(text, 17, 10_000), paced) ?? {})

const paced = (ms: number): WeservAsked => ({ native: { fps: shown(1000 / ms) } })
