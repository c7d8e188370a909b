// What imgproxy's options come to, and how their arguments are read.

import type { Orient } from '../../../transforms/index.ts'
import { type Edges, trimmed } from '../shared/effects.ts'
import { cropWords } from '../shared/pairs.ts'
import { given, hexColour, lookUp, number, rgb, shown, whole } from '../shared/values.ts'
import { type Pairs, type Word, written } from '../shared/words.ts'
import { type Crop, type Gravity, gravityOf } from './gravity.ts'
import type { WatermarkAsked } from './watermark.ts'

export interface ImgproxyAsked extends WatermarkAsked {
  readonly type?: ResizingType
  readonly width?: number
  readonly height?: number
  readonly enlarge?: boolean
  readonly extend?: boolean
  /** Pads to the ratio of the box. */
  readonly extendRatio?: boolean
  /** Where the picture stands on an extended canvas, in words of `crop`. */
  readonly standing?: string
  readonly minWidth?: number
  readonly minHeight?: number
  /** Longest side of the result. */
  readonly most?: number
  readonly kernel?: string
  /** Width over height of what is cropped. */
  readonly cropRatio?: number
  /** How many times as large as the faces the part is that is kept. */
  readonly facePad?: number
  /** Of the background, a share. */
  readonly alpha?: number
  /** From 0. */
  readonly page?: number
  readonly pages?: number
  readonly isProgressive?: boolean
  readonly zoom?: readonly [number, number]
  readonly dpr?: number
  readonly gravity?: Gravity
  readonly crop?: Crop
  readonly isRaw?: boolean
  readonly isTrimmed?: boolean
  readonly padding?: Edges
  readonly rotation?: number
  readonly mirror?: Orient
  readonly format?: string
  readonly formatQualities?: Readonly<Record<string, string>>
  readonly isRawFile?: boolean
  readonly name?: string
  readonly isAttachment?: boolean
  readonly fallback?: string
}

export type ResizingType = 'fit' | 'fill' | 'fill-down' | 'force' | 'auto'

export const types: Readonly<Record<string, ResizingType>> = {
  ...{ fit: 'fit', fill: 'fill', 'fill-down': 'fill-down', force: 'force', auto: 'auto' },
}

/** Arguments are divided by colons; an empty one keeps what was said before. */
export const args = (text: string): readonly string[] => text.split(':')

export const truths: readonly string[] = ['1', 't', 'T', 'TRUE', 'true', 'True']
/** Reference: "anything else counts as false". */
export const isTrue = (text: string): boolean => truths.includes(text)

/** Members that are not empty, each read by its own reader; undefined when one cannot be read. */
export function members(
  text: string,
  readers: readonly ((text: string) => ImgproxyAsked | undefined)[],
): ImgproxyAsked | undefined {
  let asked: ImgproxyAsked = {}
  for (const [at, part] of args(text).entries()) {
    if (part === '') continue
    const read = readers[at]?.(part)
    if (!read) return undefined
    asked = { ...asked, ...read, native: { ...asked.native, ...read.native } }
  }
  return asked
}

export const type = (text: string) => given(lookUp(types, text), (type) => ({ type }))
export const width = (text: string) => given(whole(text, 0, 8192), (width) => ({ width }))
export const height = (text: string) => given(whole(text, 0, 8192), (height) => ({ height }))
export const enlarge = (text: string) => ({ enlarge: isTrue(text) })

/** `extend` with the place of the picture: an edge, a corner or the middle, without distances. */
export function sized(readers: readonly ((text: string) => ImgproxyAsked | undefined)[]) {
  return (text: string): ImgproxyAsked | undefined => {
    const parts = args(text)
    const [extend = '', ...place] = parts.slice(readers.length)
    const standing = standingOf(place)
    const read = members(parts.slice(0, readers.length).join(':'), readers)
    if (standing === undefined || !read) return undefined
    return extend === '' ? read : { ...read, extend: isTrue(extend), ...(standing && { standing }) }
  }
}

/** In words of `crop`; undefined for what is not an edge, a corner or the middle. */
export function standingOf(place: readonly string[]): string | undefined {
  const gravity = gravityOf(place.join(':') || 'ce')
  return gravity && 'x' in gravity && !gravity.offset ? cropWords(gravity.x, gravity.y) : undefined
}

export function extendRatio(text: string): ImgproxyAsked | undefined {
  const [extend = '', ...place] = args(text)
  const standing = standingOf(place)
  if (standing === undefined) return undefined
  return isTrue(extend) ? { extendRatio: true, ...(standing && { standing }) } : {}
}

export const pixels = 'pixels from 0 to 8192'
export const about = 'Sides are limited to 8192 pixels.'
export const extends_ = 'Distances from the edges of an extended canvas are refused.'

/** Words that are known and not done. */
export function named(
  name: string,
  aliases: readonly string[],
  { takes, why, idle }: Pick<Word, 'takes' | 'why' | 'idle'>,
): Word<ImgproxyAsked>[] {
  return [{ name, aliases, takes, ...(why && { why }), ...(idle && { idle }) }]
}

export const formats = written({
  ...{ jpg: 'jpg', jpeg: 'jpg', png: 'png', webp: 'webp', avif: 'avif', gif: 'gif', best: 'auto' },
  ...{ mp4: 'mp4', jxl: 'jxl', tiff: 'tiff', heic: 'heic', svg: 'svg', ico: 'ico', bmp: 'bmp' },
})

export const kernels: Readonly<Record<string, string>> = {
  ...{ nearest: 'nearest', linear: 'linear', cubic: 'cubic', lanczos2: 'lanczos2', lanczos3: 'lanczos3' },
}

export function tone(key: string, value: number): Pairs {
  return value === 0 ? {} : { [key]: shown(value) }
}

export function background(text: string): string | undefined {
  const channels = args(text)
  if (channels.length === 1) return /^(?:[0-9a-f]{3}|[0-9a-f]{6})$/i.test(text) ? hexColour(text) : undefined
  const numbers = channels.map((channel) => whole(channel, 0, 255) ?? Number.NaN)
  return channels.length === 3 ? rgb(numbers) : undefined
}

export function monochrome(text: string): ImgproxyAsked | undefined {
  const [strength = '', tint = 'b3b3b3'] = args(text)
  const intensity = number(strength, 0, 1)
  const colour = hexColour(tint)
  if (intensity === undefined || colour === undefined) return undefined
  const alpha = Math.round(intensity * 255)
  return { native: alpha === 0 ? {} : { monochrome: alpha.toString(16).padStart(2, '0') + colour.slice(-6) } }
}

export function duotone(text: string): ImgproxyAsked | undefined {
  const [strength = '', dark = '000000', light = 'ffffff'] = args(text)
  const intensity = number(strength, 0, 1)
  const [from, to] = [hexColour(dark), hexColour(light)]
  if (intensity === undefined || from === undefined || to === undefined) return undefined
  const alpha: Pairs = intensity < 1 ? { 'duotone-alpha': shown(intensity * 100) } : {}
  return { native: intensity === 0 ? {} : { duotone: `${from},${to}`, ...alpha } }
}

export function formatQualities(text: string): ImgproxyAsked | undefined {
  const parts = args(text)
  const found: Record<string, string> = {}
  for (let at = 0; at < parts.length; at += 2) {
    const format = lookUp(formats, parts[at] ?? '')
    const quality = whole(parts[at + 1] ?? '', 0, 100)
    if (format === undefined || quality === undefined) return undefined
    found[format] = shown(quality)
  }
  return { formatQualities: found }
}

export function trim(text: string): ImgproxyAsked | undefined {
  const [threshold = '', colour = '', ...equal] = args(text)
  const tolerance = number(threshold, 0, 255)
  const paint = colour === '' ? undefined : hexColour(colour)
  if (tolerance === undefined || (colour !== '' && paint === undefined) || equal.some(isTrue))
    return undefined
  // The colour that stands for transparency.
  if (/^ff00ff$/i.test(colour)) return { isTrimmed: true, native: { trim: 'alpha' } }
  return { isTrimmed: true, native: trimmed(tolerance, paint) }
}

/** As CSS has it: what is not given is as the opposite side, or as the top. */
export function padding(text: string): ImgproxyAsked | undefined {
  const parts = args(text).map((part) => (part === '' ? undefined : (whole(part, 0, 4096) ?? Number.NaN)))
  const [top = 0, right = top, bottom = top, left = right] = parts
  if (parts.length > 4 || [top, right, bottom, left].some(Number.isNaN)) return undefined
  return { padding: { top, right, bottom, left } }
}
