// How colours that belong together are spelled in URLs.
import { type Colour, readColour, writeColour } from './colour.ts'
import { decimal, listed, signed } from './kinds.ts'
import type { Kind } from './option-types.ts'

export type TwoColours = readonly [Colour, Colour]

export const twoColours: Kind<TwoColours> = {
  expected: 'two colours, divided by a comma',
  read(text) {
    const [first, second, ...rest] = listed(text).map(readColour)
    return first && second && rest.length === 0 ? [first, second] : undefined
  },
  write: (colours) => colours.map(writeColour).join(','),
}

/** Clockwise degrees from "top to bottom", spelled as the edges that a gradient runs from and to. */
export const direction: Kind<number> = {
  expected: 'one edge and another, of top, bottom, left and right',
  read(text) {
    const words = new Set(listed(text))
    const place = (near: string, far: string): number | undefined => {
      const [first] = [...words].filter((word) => word === near || word === far)
      return first === undefined ? undefined : first === near ? 1 : -1
    }
    if ([...words].some((word) => !edges.has(word))) return undefined
    const [down, right] = [place('top', 'bottom'), place('left', 'right')]
    if (down === undefined && right === undefined) return undefined
    const degrees = (Math.atan2(-(right ?? 0), down ?? 0) * 180) / Math.PI
    return (degrees + 360) % 360
  },
  write: (degrees) => directions[Math.round(degrees / 45) % 8] ?? 'top,bottom',
}

const edges: ReadonlySet<string> = new Set(['top', 'bottom', 'left', 'right'])
/** Every eighth of a turn clockwise, as the edges that it begins at. */
const directions = [
  'top,bottom',
  'top,right',
  'right,left',
  'bottom,right',
  'bottom,top',
  'bottom,left',
  'left,right',
  'top,left',
] as const

/** Half of the shorter side reaches the nearer edges; two of it reach beyond every corner of a usual picture. */
export const radii: Kind<readonly [number, number]> = {
  expected: 'two numbers from 0 to 4, the first the smaller one',
  read(text) {
    const [inner, outer, ...rest] = listed(text).map((word) => decimal(0, 4).read(word))
    if (inner === undefined || outer === undefined || rest.length > 0 || inner > outer) return undefined
    return [inner, outer]
  },
  write: (both) => both.map((radius) => decimal(0, 4).write(radius)).join(','),
}

/** Of red, green and blue. */
export const percentages: Kind<readonly [number, number, number]> = {
  expected: 'three numbers from -100 to 100',
  read(text) {
    const [red, green, blue, ...rest] = listed(text).map((word) => signed(-100, 100).read(word))
    if (red === undefined || green === undefined || blue === undefined || rest.length > 0) return undefined
    return [red, green, blue]
  },
  write: (amounts) => amounts.map((amount) => signed(-100, 100).write(amount)).join(','),
}

export const share: Kind<number> = decimal(0, 1)
