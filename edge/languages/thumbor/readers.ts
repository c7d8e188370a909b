import { hexColour, namedColour, number, rgb, shown, whole } from '../shared/values.ts'
import type { Asked, Pairs, Word } from '../shared/words.ts'

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
}

export const list = (text: string): readonly string[] =>
  (text.match(/'[^']*'|[^,]+/g) ?? []).map((part) => part.trim().replace(/^'(.*)'$/s, '$1'))

export const colour = (text: string): string | undefined =>
  hexColour(text.replace(/^#/, '')) ?? namedColour(text)

export const unread = (name: string, takes = 'what thumbor takes'): Word<ThumborAsked> => ({ name, takes })
export const imagor = (...names: string[]): Word<ThumborAsked>[] =>
  names.map((name) => ({ name, takes: 'what imagor takes' }))

export const formats: Readonly<Record<string, string>> = {
  ...{ jpeg: 'jpg', jpg: 'jpg', png: 'png', gif: 'gif', webp: 'webp', avif: 'avif' },
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
  const [radius = '', ...paint] = list(text)
  const size = whole(radius, 0, 8192)
  const [red, green, blue] = paint.slice(0, 3).map((channel) => whole(channel, 0, 255) ?? Number.NaN)
  const outside = paint.length === 0 ? 'ffffff' : rgb([red ?? 0, green ?? 0, blue ?? 0])
  if (size === undefined || outside === undefined || paint.length > 4) return undefined
  const isTransparent = /^(?:true|1)$/i.test(paint[3] ?? '')
  return {
    native: {
      mask: 'corners',
      'corner-radius': shown(size),
      ...(isTransparent ? {} : { 'mask-bg': outside }),
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

export function placeOf(x: string, y: string): Pairs | undefined {
  if (x === 'repeat' && y === 'repeat') return { 'mark-tile': 'grid', 'mark-pad': '0' }
  if (x === 'center' && y === 'center') return { 'mark-align': 'middle,center' }
  const [left, top] = [whole(x, -8192, 8192), whole(y, -8192, 8192)]
  if (left === undefined || top === undefined || x === '-0' || y === '-0') return undefined
  if (left >= 0 && top >= 0) return { 'mark-x': shown(left), 'mark-y': shown(top) }
  return left === top ? { 'mark-align': 'bottom,right', 'mark-pad': shown(-left) } : undefined
}
