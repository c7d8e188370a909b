// Shows a chequerboard where the finished picture is transparent.
import type { Colour } from '../options/colour.ts'
import { integer, oneOf, same } from '../options/kinds.ts'
import { twoColours } from '../options/kinds-colour.ts'
import { scaledPx } from './overlay.ts'
import { effectOf } from './step.ts'

export interface Grid {
  readonly colours: readonly [Colour, Colour]
  /** Side of a square in pixels. */
  readonly side: number
}

const usual = {
  colours: [
    { r: 0xd0, g: 0xd7, b: 0xdd, alpha: 1 },
    { r: 255, g: 255, b: 255, alpha: 1 },
  ],
  side: 4,
} as const

const section = 'Fill and background'
const needs = '`transparency=grid`'

export const grid = effectOf<Grid>()({
  name: 'grid',
  rows: {
    transparency: {
      key: 'transparency',
      kind: oneOf(same('grid')),
      section,
      about: '`grid` shows a chequerboard where the result is transparent.',
      example: { value: 'grid', sample: 'badge.png' },
    },
    gridColours: {
      key: 'grid-colors',
      kind: twoColours,
      section,
      default: usual.colours,
      needs,
      about: 'Its two colours.',
      example: { value: 'ffd8ec,ffffff', beside: 'transparency=grid', sample: 'badge.png' },
    },
    gridSize: {
      key: 'grid-size',
      kind: integer(1, 500),
      section,
      default: usual.side,
      needs,
      about: 'Side of its squares in pixels.',
      example: { value: '20', beside: 'transparency=grid', sample: 'badge.png' },
    },
  },
  exact: ({ transparency, gridColours, gridSize = usual.side }, { density }) =>
    transparency
      ? { transparency, gridColours, gridSize: Math.max(1, scaledPx(gridSize, density) ?? 1) }
      : {},
  value: ({ transparency, gridColours, gridSize }) =>
    transparency && { colours: gridColours ?? usual.colours, side: Math.max(1, gridSize ?? usual.side) },
  colours: ({ colours }) => colours.some(({ r, g, b }) => r !== g || g !== b),
  rates: { grid: 14 },
  work: (_, { made }) => ({ grid: made }),
})
