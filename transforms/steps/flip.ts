// Mirrors the picture in its frame.
import { oneOf } from '../options/kinds.ts'
import type { Flip } from './geometry/geometry.ts'
import { stepOf } from './step.ts'

export const flip = stepOf<Flip>()({
  name: 'flip',
  rows: {
    flip: {
      key: 'flip',
      kind: oneOf({ h: 'h', v: 'v', hv: 'hv', vh: 'hv' }),
      section: 'Orientation',
      about: 'Mirrors the result, before `rot`: `h` left-right, `v` top-bottom, `hv` both.',
      example: { value: 'h' },
    },
  },
  exact: ({ flip }) => ({ flip }),
  plan: (draft, { flip }) =>
    flip ? { ...draft, flip: { horizontal: flip !== 'v', vertical: flip !== 'h' } } : draft,
  isApart: () => true,
  rates: { flip: 3 },
  work: (_, { resized }) => ({ flip: resized }),
})
