// How shapes are spelled in URLs: widths with a colour, and the radii of four corners.
import { type Colour, readColour, writeColour } from './colour.ts'
import { integer, listed } from './kinds.ts'
import type { Kind } from './option-types.ts'

/** In pixels, clockwise from the upper left corner. */
export type Corners = readonly [number, number, number, number]

/** Half of the longest side is round already. */
const mostRadius = 8192

export const corners: Kind<Corners> = {
  expected: `a radius from 0 to ${mostRadius}, or four of them divided by commas`,
  read(text) {
    const read = listed(text).map((word) => integer(0, mostRadius).read(word))
    const [one = 0, two = one, three = one, four = one] = read
    const isWhole = read.every((radius) => radius !== undefined)
    return isWhole && (read.length === 1 || read.length === 4) ? [one, two, three, four] : undefined
  },
  write: (radii) => (radii.every((radius) => radius === radii[0]) ? String(radii[0]) : radii.join(',')),
}

export interface Line {
  /** Pixels, 1 to 100. */
  readonly width: number
  readonly colour: Colour
}

export const line: Kind<Line> = {
  expected: 'a width from 1 to 100 and a colour, divided by a comma',
  read(text) {
    const [first = '', second = '', ...rest] = listed(text)
    const width = integer(1, 100).read(first)
    const colour = readColour(second)
    return width && colour && rest.length === 0 ? { width, colour } : undefined
  },
  write: ({ width, colour }) => `${width},${writeColour(colour)}`,
}
