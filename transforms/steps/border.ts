// Draws a border inside the edges of the finished picture.
import type { Colour } from '../options/colour.ts'
import { integer } from '../options/kinds.ts'
import { type Corners, corners, type Line, line } from '../options/kinds-shape.ts'
import type { Sides } from './padding.ts'
import { effectOf, type Loose } from './step.ts'

export interface Border extends Sides {
  readonly colour: Colour
  /** Radii of the picture's corners, and of what the border leaves of it. */
  readonly outer: Corners
  readonly inner: Corners
}

interface Asked {
  readonly border?: Line
  readonly borderTop?: number
  readonly borderRight?: number
  readonly borderBottom?: number
  readonly borderLeft?: number
  readonly borderRadius?: Corners
  readonly borderInner?: Corners
}

/** The widest border of the language, at the highest density. */
const most = 500

const section = 'Shape, border and padding'
const side = (key: string, where: string) =>
  ({
    key,
    kind: integer(0, most),
    section,
    needs: '`border`',
    about: `Width of the border ${where}, in pixels.`,
    example: { value: '60', beside: 'border=12,d92f86' },
  }) as const

export const border = effectOf<Border>()({
  name: 'border',
  rows: {
    border: {
      key: 'border',
      kind: line,
      section,
      about: 'A border inside the edges of the picture: its width in pixels and its colour (`10,ff0000`).',
      example: { value: '12,d92f86' },
    },
    borderTop: side('border-top', 'at the top'),
    borderRight: side('border-right', 'on the right'),
    borderBottom: side('border-bottom', 'at the bottom'),
    borderLeft: side('border-left', 'on the left'),
    borderRadius: {
      key: 'border-radius',
      kind: corners,
      section,
      needs: '`border`',
      about:
        'Rounds the corners of picture and border: one radius in pixels, or four, clockwise from the upper left.',
      example: { value: '40', beside: 'border=12,d92f86' },
    },
    borderInner: {
      key: 'border-radius-inner',
      kind: corners,
      section,
      needs: '`border`',
      about: 'Rounds the inner corners of the border, written as `border-radius` is.',
      example: { value: '40', beside: 'border=12,d92f86' },
    },
  },
  exact: (options: Asked, { density }) =>
    options.border ? exactBorder(options, options.border, density) : {},
  value({ border, borderRadius, borderInner, ...sides }) {
    if (!border) return undefined
    const { width, colour } = border
    return {
      top: sides.borderTop ?? width,
      right: sides.borderRight ?? width,
      bottom: sides.borderBottom ?? width,
      left: sides.borderLeft ?? width,
      colour,
      outer: borderRadius ?? square,
      inner: borderInner ?? square,
    }
  },
  opens: ({ outer }) => outer.some((radius) => radius > 0),
  colours: ({ colour: { r, g, b } }) => r !== g || g !== b,
  edges: () => true,
  rates: { border: 28 },
  work: (_, { made }) => ({ border: made }),
})

const square: Corners = [0, 0, 0, 0]

/** Lengths in pixels of the result; a side as wide as the others is absent. */
function exactBorder(asked: Asked, { width, colour }: Line, density: number): Loose<Asked> {
  const scaled = (px: number): number => Math.min(most, Math.round(px * density))
  const usual = Math.min(100, scaled(width))
  const sideOf = (px: number | undefined): number | undefined => {
    const made = scaled(px ?? width)
    return made === usual ? undefined : made
  }
  return {
    border: { width: Math.max(1, usual), colour },
    borderTop: sideOf(asked.borderTop),
    borderRight: sideOf(asked.borderRight),
    borderBottom: sideOf(asked.borderBottom),
    borderLeft: sideOf(asked.borderLeft),
    borderRadius: scaledCorners(asked.borderRadius, density),
    borderInner: scaledCorners(asked.borderInner, density),
  }
}

export function scaledCorners(radii: Corners | undefined, density: number): Corners | undefined {
  if (!radii?.some((radius) => radius > 0)) return undefined
  const [a, b, c, d] = radii.map((radius) => Math.min(8192, Math.round(radius * density)))
  return [a ?? 0, b ?? 0, c ?? 0, d ?? 0]
}
