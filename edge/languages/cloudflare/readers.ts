// What Cloudflare's options come to, and how their values are read.
import { type Orient, turned } from '../../../transforms/index.ts'
import { inTurn, mirrored, quarters, upended } from '../shared/pairs.ts'
import { given, lookUp, number, shown, whole } from '../shared/values.ts'
import type { Asked, Pairs } from '../shared/words.ts'

export interface CloudflareAsked extends Asked {
  readonly width?: number
  readonly isAutomatic?: boolean
  readonly desktop?: number
  readonly height?: number
  readonly fit?: Fit
  readonly gravity?: Gravity
  readonly background?: string
  readonly format?: string
  readonly quality?: string
  /** The quality was not said in words. */
  readonly isNumeric?: boolean
  readonly rotation?: number
  readonly mirror?: Orient
  readonly trim?: Trim
  /** With faces, from 0 (all that there is room for) to 1 (nothing but them). */
  readonly zoom?: number
  /** Members of the region that were written one by one, as `rect` writes them. */
  readonly left?: string
  readonly top?: string
  readonly regionWidth?: string
  readonly regionHeight?: string
  readonly isBorder?: boolean
  readonly borderColour?: string
  readonly borderTolerance?: number
  readonly borderKeep?: number
}

export type Fit = 'scale-up' | 'scale-down' | 'contain' | 'cover' | 'crop' | 'aspect-crop' | 'pad' | 'squeeze'
export type Gravity = { readonly words: string } | { readonly x: number; readonly y: number }
/** Shares of the sides; in pixels the result of the right and bottom edge is not known. */
export interface Trim {
  readonly top: number
  readonly right: number
  readonly bottom: number
  readonly left: number
}

export const pixels = 'pixels from 1 to 8192'

export const fits = [
  'scale-up',
  'scale-down',
  'contain',
  'cover',
  'crop',
  'aspect-crop',
  'pad',
  'squeeze',
] as const

export const formats: Readonly<Record<string, string>> = {
  ...{ auto: 'auto', avif: 'avif', webp: 'webp', png: 'png', json: 'json' },
  ...{ jpeg: 'pjpg', jpg: 'pjpg', 'baseline-jpeg': 'jpg' },
}

export const qualities: Readonly<Record<string, string>> = {
  high: '90',
  'medium-high': '80',
  'medium-low': '65',
  low: '50',
}

export const qualityOf = (text: string): string | undefined =>
  lookUp(qualities, text) ?? given(whole(text, 1, 100), shown)

export const mirrors: Readonly<Record<string, Orient>> = {
  h: mirrored,
  v: upended,
  hv: turned(2),
  vh: turned(2),
}

export const gravities: Readonly<Record<string, string>> = {
  ...{ auto: 'attention', face: 'faces,attention', center: '', centre: '' },
  ...{ left: 'left', right: 'right', top: 'top', bottom: 'bottom' },
}

export function gravity(text: string): CloudflareAsked | undefined {
  const words = lookUp(gravities, text)
  if (words !== undefined) return { gravity: { words } }
  const [x, y, ...rest] = text.split('x').map((part) => number(part, 0, 1))
  return x === undefined || y === undefined || rest.length > 0 ? undefined : { gravity: { x, y } }
}

/** "0.1;0;0.1;0", in shares; pixels of the top and the left alone have a meaning without the picture's size. */
export function trim(text: string): CloudflareAsked | undefined {
  const edges = text.split(';').map((edge) => number(edge, 0, 100_000))
  const [top = -1, right = -1, bottom = -1, left = -1] = edges
  const isShare = right < 1 && bottom < 1 && top >= 0 && left >= 0 && top + bottom < 1 && left + right < 1
  const isPixels = right === 0 && bottom === 0 && top >= 0 && left >= 0
  if (edges.length !== 4 || right < 0 || bottom < 0 || !(isShare || isPixels)) return undefined
  return { trim: { top, right, bottom, left } }
}

/** Pixels, or a share below 1, of a region that is given member by member. */
export const span = (text: string): string | undefined =>
  given(number(text, 0, 100_000), (value) => (value >= 1 ? String(Math.round(value)) : shown(value)))

export const turnOf = ({ rotation = 0, mirror = turned(0) }: CloudflareAsked): Orient =>
  inTurn(mirror, quarters(rotation))

export const metadata: Readonly<Record<string, Pairs>> = {
  none: {},
  copyright: { meta: 'copyright' },
  keep: { meta: 'all' },
}
