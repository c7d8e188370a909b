// Turns the picture in its frame. Quarter turns are folded into the steps before, which then move pixels otherwise.
import { isDrawing } from '../facts.ts'
import { decimal, oneOf, same } from '../options/kinds.ts'
import type { Rotate } from './geometry/geometry.ts'
import { orientSize, turned } from './geometry/orientation.ts'
import { drawable } from './geometry/raster.ts'
import { type Rotation, rotated } from './geometry/turning.ts'
import { stepOf } from './step.ts'

export const rotate = stepOf<Rotate>()({
  name: 'rotate',
  rows: {
    rotation: {
      key: 'rot',
      kind: decimal(0, 360),
      section: 'Orientation',
      default: 0,
      about:
        'Turns the picture counter-clockwise in its frame, in degrees, and enlarges it so that it fills the frame, which keeps its size (`or` turns picture and frame together).',
      example: { value: '10' },
    },
    rotationType: {
      key: 'rot-type',
      aliases: ['rottype', 'rott'],
      kind: oneOf(same('straighten', 'pivot')),
      section: 'Orientation',
      default: 'straighten',
      needs: '`rot`',
      about:
        '`straighten` keeps the frame and fills it; `pivot` turns the frame with the picture, so that it grows to hold all of it. Its corners are in `bg`; where there is none, transparent or white, as the format can.',
      example: { value: 'pivot', beside: 'rot=90' },
    },
  },
  exact: ({ rotation = 0, rotationType }) => ({
    rotation: rotation % 360 || undefined,
    // A half turn leaves the frame as it is in any case.
    rotationType: rotationType === 'pivot' && rotation % 180 !== 0 ? rotationType : undefined,
  }),
  plan(draft, spec: Rotation, facts) {
    const oriented = orientSize(facts, draft.orient ?? turned(0))
    return rotated(isDrawing(facts) ? drawable(draft, oriented) : draft, oriented, spec)
  },
  isApart: () => true,
  opens: ({ corners }) => corners !== undefined && corners.alpha < 1,
  colours: ({ corners }) => corners !== undefined && (corners.r !== corners.g || corners.g !== corners.b),
  rates: { rotate: 15 },
  work: (_, { resized }) => ({ rotate: resized }),
})
