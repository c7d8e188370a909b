// imgproxy's gravity: which part is kept, in words of the native `crop` or as the place of a `rect`.
import { cropWords, focal, place } from '../shared/pairs.ts'
import { given, lookUp, number, shown } from '../shared/values.ts'
import type { Pairs } from '../shared/words.ts'

type X = 'left' | 'right' | ''
type Y = 'top' | 'bottom' | ''

/** An edge, a corner or the middle; anything else is only known in pixels. */
export type Gravity =
  | { readonly x: X; readonly y: Y; readonly offset?: Offset | undefined }
  | { readonly pairs: Pairs; readonly focus?: readonly [x: number, y: number] }

/** From the edge that is named, or from the middle: as `rect` writes it. */
interface Offset {
  readonly x: string
  readonly y: string
}

const compass: Readonly<Record<string, readonly [X, Y]>> = {
  ...{ ce: ['', ''], no: ['', 'top'], so: ['', 'bottom'], ea: ['right', ''], we: ['left', ''] },
  ...{ noea: ['right', 'top'], nowe: ['left', 'top'], soea: ['right', 'bottom'], sowe: ['left', 'bottom'] },
}

/** Undefined for what cannot be done, an offset among it. */
export function gravityOf(text: string): Gravity | undefined {
  const [type = '', ...rest] = text.split(':')
  if (type === 'sm' && rest.length === 0) return { pairs: place('attention') }
  if (/^(?:obj:face|objw:face:[\d.]+)$/.test(text)) return { pairs: place('faces,attention') }
  if (type === 'fp') {
    const [x, y, ...more] = rest.map((share) => number(share, 0, 1))
    return x === undefined || y === undefined || more.length > 0
      ? undefined
      : { pairs: focal(x, y), focus: [x, y] }
  }
  const [x, y, ...more] = rest.map((part) => distance(part))
  if (more.length > 0 || (rest.length > 0 && x === undefined) || (rest.length > 1 && y === undefined))
    return undefined
  const isMoved = (x ?? '0') !== '0' || (y ?? '0') !== '0'
  const offset = isMoved ? { x: x ?? '0', y: y ?? '0' } : undefined
  return given(lookUp(compass, type), ([across, down]) => ({ x: across, y: down, ...(offset && { offset }) }))
}

/** Pixels from 1 on, a share below; nothing before the edge. */
const distance = (text: string): string | undefined =>
  given(number(text || '0', 0, 100_000), (value) => (value < 1 ? shown(value) : String(Math.round(value))))

/** Undefined for a distance: how much of it the cut leaves room for, only the picture tells. */
export function pairsOf(gravity: Gravity): Pairs | undefined {
  if ('pairs' in gravity) return gravity.pairs
  return gravity.offset ? undefined : place(cropWords(gravity.x, gravity.y))
}

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
  if (w === undefined || h === undefined || (rest.length > 0 && !gravity)) return undefined
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
  if ('pairs' in at) return at.focus && focused(at.focus, { width, height })
  const x = along(at.x || 'center', at.offset?.x)
  const y = along(at.y || 'middle', at.offset?.y)
  return x === undefined || y === undefined ? undefined : `${x},${y},${width},${height}`
}

/** A distance is known from the left and the top alone. */
function along(edge: string, offset = '0'): string | undefined {
  if (offset === '0') return edge
  return edge === 'left' || edge === 'top' ? offset : undefined
}

/** Round a point, where the sides are shares of the picture. */
function focused([x, y]: readonly [number, number], { width, height }: Crop): string | undefined {
  const [w, h] = [width, height].map((side) => (side === 'full' ? 1 : Number(side)))
  if (w === undefined || h === undefined || w > 1 || h > 1 || w === 0 || h === 0) return undefined
  const start = (at: number, side: number) => shown(Math.min(1 - side, Math.max(0, at - side / 2)))
  return [start(x, w), start(y, h), width, height].join(',')
}
