// What IPX' modifiers come to, and how their values are read.
import type { Edges } from '../shared/effects.ts'
import { gain, gammaOf, hue, percent, percentOf } from '../shared/effects.ts'
import { lookUp, number, whole } from '../shared/values.ts'
import { type Asked, type Pairs, written } from '../shared/words.ts'

export interface IpxAsked extends Asked {
  readonly width?: number
  readonly height?: number
  readonly box?: { readonly width: number; readonly height: number }
  readonly fit?: IpxFit
  readonly position?: string
  readonly enlarge?: boolean
  readonly background?: string
  readonly format?: string
  readonly isAnimated?: boolean
  readonly rotation?: number
  readonly isFlipped?: boolean
  readonly isFlopped?: boolean
  readonly isFlat?: boolean
  readonly padding?: Edges
  readonly kernel?: string
  readonly opacity?: number
}

export type IpxFit = 'contain' | 'cover' | 'fill' | 'inside' | 'outside'
export const fits: Readonly<Record<string, IpxFit>> = {
  ...{ contain: 'contain', cover: 'cover', fill: 'fill', inside: 'inside', outside: 'outside' },
}

export const list = (text: string): readonly string[] => text.split(/[_:=]/)
export const side = (text: string): number | undefined => whole(text, 1, 100_000)
export const limited = (value: number): number => Math.min(8192, value)

export const formats = written({
  ...{ jpg: 'jpg', jpeg: 'jpg', png: 'png', webp: 'webp', avif: 'avif', gif: 'gif', auto: 'auto' },
  ...{ heif: 'heic', heic: 'heic', tiff: 'tiff', jxl: 'jxl', svg: 'svg' },
})

export const kernels: Readonly<Record<string, string>> = {
  ...{ nearest: 'nearest', linear: 'linear', cubic: 'cubic', mitchell: 'mitchell' },
  ...{ lanczos2: 'lanczos2', lanczos3: 'lanczos3' },
}

export const places: Readonly<Record<string, string>> = {
  ...{ top: 'top', north: 'top', right: 'right', east: 'right', bottom: 'bottom', south: 'bottom' },
  ...{ left: 'left', west: 'left', center: '', centre: '', entropy: 'entropy', attention: 'attention' },
  ...{ northeast: 'top,right', southeast: 'bottom,right', southwest: 'bottom,left', northwest: 'top,left' },
  ...{ '0': '', '1': 'top', '2': 'right', '3': 'bottom', '4': 'left' },
  ...{ '5': 'top,right', '6': 'bottom,right', '7': 'bottom,left', '8': 'top,left' },
  ...{ '16': 'entropy', '17': 'attention' },
  ...{
    'right-top': 'top,right',
    'right-bottom': 'bottom,right',
    'left-bottom': 'bottom,left',
    'left-top': 'top,left',
  },
}

export const positionOf = (text: string): string | undefined =>
  lookUp(places, text.trim().replace(/[\s+_]+/g, '-')) ??
  lookUp(
    places,
    text
      .trim()
      .split(/[\s+_-]+/)
      .reverse()
      .join('-'),
  )

export function extract(text: string): IpxAsked | undefined {
  const [left, top, width, height, ...rest] = list(text).map((part) => whole(part, 0, 1_000_000))
  if (left === undefined || top === undefined || !width || !height || rest.length > 0) return undefined
  return { native: { rect: [left, top, width, height].join(',') } }
}

export function modulate(text: string): IpxAsked | undefined {
  const [bright = '', strong = '', turn = '', light = '', ...rest] = list(text)
  const [brightness, saturation, degrees, lightness] = [
    ...[bright || '1', strong || '1', turn || '0', light || '0'],
  ].map((part) => number(part, -3600, 3600))
  if (brightness === undefined || saturation === undefined || degrees === undefined) return undefined
  if (lightness === undefined || rest.length > 0) return undefined
  if (brightness < 0 || brightness > 100 || saturation < 0 || saturation > 2) return undefined
  const native: Pairs = {
    ...gain(brightness),
    ...percentOf('sat', saturation),
    ...hue(degrees),
    ...percent('bri', lightness),
  }
  return { native }
}

/** Four sides, and `background` at most as what they are painted with. */
export function extend(text: string): IpxAsked | undefined {
  const [top, right, bottom, left, ...rest] = list(text).map((part) =>
    part === 'background' ? 0 : whole(part, 0, 4096),
  )
  if (top === undefined || right === undefined || bottom === undefined || left === undefined) return undefined
  return rest.length > 1 || (rest[0] === undefined) !== (rest.length === 0)
    ? undefined
    : { padding: { top, right, bottom, left } }
}

/** Sharp darkens before it resizes and lightens afterwards: together it is the one factor over the other. */
export function gammas(text: string): IpxAsked | undefined {
  const [into = '', out = into, ...rest] = list(text)
  const [first, second] = [into || '2.2', out || into || '2.2'].map((part) => number(part, 1, 3))
  if (first === undefined || second === undefined || rest.length > 0) return undefined
  return { native: gammaOf(second / first) }
}

/** Each value times `a`, and `b` of 255 more. */
export function linear(text: string): IpxAsked | undefined {
  const [slope = '', more = '', ...rest] = list(text)
  const [a, b] = [number(slope || '1', 0, 100), number(more || '0', -255, 255)]
  if (a === undefined || b === undefined || rest.length > 0) return undefined
  return { native: { ...gain(a), ...percent('bri', b / 2.55) } }
}
