// Looks for faces, so that a crop keeps them. Where they are only the pixels tell: a plan with this step says what it
// would be without a face, and is made anew once they have been looked at.
import { isDrawing } from '../facts.ts'
import type { Box } from './geometry/sizes.ts'
import { otherwise } from './geometry/towards-faces.ts'
import { stepOf } from './step.ts'

export interface Faces {
  /** What decides where there is none, as `crop` says it. */
  readonly otherwise: string
  /** The part of the upright picture that is looked at; all of it when absent. */
  readonly region?: Box
}

interface Asked {
  readonly crop?: readonly string[]
}

export const faces = stepOf<Faces>()({
  name: 'faces',
  // Asked for by those of the crop; where nothing is cut off, laying out the size takes the step away.
  rows: {},
  exact: () => ({}),
  plan(draft, { crop }: Asked, facts) {
    // Nobody draws a face that the detector knows.
    if (!crop?.includes('faces') || facts.faces !== undefined || isDrawing(facts)) return draft
    const { extract: region } = draft
    return { ...draft, faces: { otherwise: otherwise(crop).join(), ...(region && { region }) } }
  },
  isApart: () => false,
  rates: { 'find faces': 23 },
  work: () => ({ 'find faces': 1 }),
})
