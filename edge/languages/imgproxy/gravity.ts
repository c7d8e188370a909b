// imgproxy's gravity: which part is kept, in words of the native `crop` or as the place of a `rect`.
import { cropWords, focal, place } from '../shared/pairs.ts'
import { given, lookUp, number, shown } from '../shared/values.ts'
import type { Pairs } from '../shared/words.ts'

type X = 'left' | 'right' | ''
type Y = 'top' | 'bottom' | ''

/** An edge, a corner or the middle; anything else is only known in pixels. */
export type Gravity = { readonly x: X; readonly y: Y } | { readonly pairs: Pairs }

const compass: Readonly<Record<string, readonly [X, Y]>> = {
  ...{ ce: ['', ''], no: ['', 'top'], so: ['', 'bottom'], ea: ['right', ''], we: ['left', ''] },
  ...{ noea: ['right', 'top'], nowe: ['left', 'top'], soea: ['right', 'bottom'], sowe: ['left', 'bottom'] },
}

/** Undefined for what cannot be done, an offset among it. */
export function gravityOf(text: string): Gravity | undefined {
  const [type = '', ...rest] = text.split(':')
  if (type === 'sm' && rest.length === 0) return { pairs: place('attention') }
  if (type === 'obj' && rest.join(':') === 'face') return { pairs: place('faces,attention') }
  if (type === 'fp') {
    const [x, y, ...more] = rest.map((share) => number(share, 0, 1))
    return x === undefined || y === undefined || more.length > 0 ? undefined : { pairs: focal(x, y) }
  }
  const isOffset = rest.some((offset) => offset !== '' && Number(offset) !== 0)
  if (isOffset || rest.length > 2) return undefined
  return given(lookUp(compass, type), ([x, y]) => ({ x, y }))
}

export const pairsOf = (gravity: Gravity): Pairs =>
  'pairs' in gravity ? gravity.pairs : place(cropWords(gravity.x, gravity.y))

export interface Crop {
  /** As `rect` writes a side. */
  readonly width: string
  readonly height: string
  readonly gravity?: Gravity | undefined
}

/** width:height, then a gravity. */
export function cropOf(text: string): Crop | undefined {
  const [width = '0', height = '0', ...rest] = text.split(':')
  const [w, h] = [sideOf(width || '0'), sideOf(height || '0')]
  const gravity = rest.length === 0 ? undefined : gravityOf(rest.join(':'))
  if (w === undefined || h === undefined || (rest.length > 0 && (!gravity || 'pairs' in gravity)))
    return undefined
  return { width: w, height: h, gravity }
}

function sideOf(text: string): string | undefined {
  return given(number(text, 0, 1_000_000), (side) => {
    if (side === 0) return 'full'
    return side < 1 ? shown(Math.max(0.0001, side)) : String(Math.round(side))
  })
}

/** Undefined where the place is not an edge, a corner or the middle. */
export function regionOf({ width, height, gravity }: Crop, general: Gravity): string | undefined {
  const at = gravity ?? general
  if ('pairs' in at) return undefined
  return `${at.x || 'center'},${at.y || 'middle'},${width},${height}`
}
