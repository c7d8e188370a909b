// What a c_crop keeps, as `rect` and `cut` write it.
import { shown } from '../shared/values.ts'
import { refusal } from '../shared/words.ts'
import { type CloudinaryAsked, gravityWord } from './words.ts'

const across: Readonly<Record<string, string>> = { left: 'left', right: 'right' }
const down: Readonly<Record<string, string>> = { top: 'top', bottom: 'bottom' }

export function regionOf({ w, h, aspect, gravity, x = '0', y = '0' }: CloudinaryAsked): string {
  if (gravity === 'xy_center') return middleOf({ w, h, x, y })
  const isOffset = x !== '0' || y !== '0'
  const words = gravityWord(gravity ?? (isOffset ? 'north_west' : 'center')) ?? ''
  if (/attention/.test(words)) throw refusal('g', `c_crop beside g_${gravity} is not supported`)
  const places = words.split(',')
  const left = places.map((word) => across[word]).find(Boolean) ?? 'center'
  const top = places.map((word) => down[word]).find(Boolean) ?? 'middle'
  if ((x !== '0' && left !== 'left') || (y !== '0' && top !== 'top'))
    throw refusal('x', 'Offsets from another place than the left or the top are not supported')
  const at = [x === '0' ? left : x, y === '0' ? top : y]
  if (aspect !== undefined && w === undefined && h === undefined)
    return [...at, `${shown(aspect)}:1`].join(',')
  const [width, height] = aspect === undefined ? [w, h] : sidesBy(aspect, { w, h })
  return [
    ...at,
    width === '1.0' ? 'full' : (width ?? 'full'),
    height === '1.0' ? 'full' : (height ?? 'full'),
  ].join(',')
}

/** In pixels, or in shares: the middle less half of the side. */
function middleOf({ w, h, x, y }: Sides & { readonly x: string; readonly y: string }): string {
  const start = (at: string, side: string | undefined): string => {
    const isAlike = side !== undefined && at.includes('.') === side.includes('.')
    const from = Number(at) - Number(side) / 2
    if (!isAlike || from < 0)
      throw refusal('g', 'g_xy_center needs w and h, measured as x and y are, within the picture')
    return at.includes('.') ? shown(from) : String(Math.round(from))
  }
  return [start(x, w), start(y, h), w, h].join(',')
}

export interface Sides {
  readonly w?: string | undefined
  readonly h?: string | undefined
}

/** The side that is not given, where the other is in pixels. */
export function sidesBy(aspect: number, { w, h }: Sides): readonly [string | undefined, string | undefined] {
  if (w !== undefined && h === undefined && !w.includes('.'))
    return [w, shown(Math.max(1, Math.round(Number(w) / aspect)))]
  if (h !== undefined && w === undefined && !h.includes('.'))
    return [shown(Math.max(1, Math.round(Number(h) * aspect))), h]
  return [w, h]
}
