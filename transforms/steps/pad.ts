// Lays padding round the picture. A frame that was asked for holds both.

import type { Colour } from '../options/colour.ts'
import { integer } from '../options/kinds.ts'
import { maxSide } from '../options/option-types.ts'
import { unexpected } from '../options/refusals.ts'
import { exactPadding, type Padding, paddingSides, type Sides } from './padding.ts'
import { stepOf } from './step.ts'

export interface Pad extends Sides {
  /** Transparent where no colour was asked for. */
  readonly colour: Colour
}

/** More than any design has, and far from the longest side. */
const most = 4096

const side = (key: string, where: string) =>
  ({
    key,
    kind: integer(0, most),
    section: 'Shape, border and padding',
    default: 0,
    about: `Padding ${where}, in pixels; beside \`pad\` it counts for its side.`,
    example: { value: '60', beside: 'bg=d92f86' },
  }) as const

export const pad = stepOf<Pad>()({
  name: 'pad',
  rows: {
    pad: {
      key: 'pad',
      kind: integer(0, most),
      section: 'Shape, border and padding',
      default: 0,
      about:
        'Padding on all sides, in pixels. With `w` or `h` picture and padding together have the size; without, the result is larger than its source. In `bg`; where there is none, transparent or white, as the format can.',
      example: { value: '30', beside: 'bg=d92f86' },
    },
    padTop: side('pad-top', 'above'),
    padRight: side('pad-right', 'on the right'),
    padBottom: side('pad-bottom', 'below'),
    padLeft: side('pad-left', 'on the left'),
  },
  exact: (options, { density }) => exactPadding(options, density),
  plan(draft, spec: Padding & { readonly background?: Colour }) {
    const sides = paddingSides(spec)
    const width = draft.width + sides.left + sides.right
    const height = draft.height + sides.top + sides.bottom
    if (width === draft.width && height === draft.height) return draft
    if (Math.max(width, height) > maxSide)
      throw unexpected(
        'pad',
        `sides of at most ${maxSide} pixels together with the picture`,
        `${width} x ${height}`,
      )
    const colour = spec.background ?? { r: 255, g: 255, b: 255, alpha: 0 }
    return { ...draft, width, height, pad: { ...sides, colour } }
  },
  isApart: () => true,
  opens: ({ colour }) => colour.alpha < 1,
  colours: ({ colour: { r, g, b } }) => r !== g || g !== b,
  rates: { pad: 16 },
  work: (_, { made }) => ({ pad: made }),
})
