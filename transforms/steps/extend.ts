// Adds canvas round a picture that does not fill its frame.
import type { Extend } from './geometry/geometry.ts'
import { stepOf } from './step.ts'

export const extend = stepOf<Extend>()({
  name: 'extend',
  rows: {},
  exact: () => ({}),
  // Laid out with the size, whose options ask for it.
  plan: (draft) => draft,
  isApart: () => false,
  rates: {},
  work: () => ({}),
})
