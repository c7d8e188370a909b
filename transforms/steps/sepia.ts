// Gives the finished picture the brown of an old photograph.
import { decimal } from '../options/kinds.ts'
import { pointEffectOf } from './step.ts'

/** Its value is a strength above 0, up to 100. */
export const sepia = pointEffectOf<number>()({
  name: 'sepia',
  rows: {
    sepia: {
      key: 'sepia',
      kind: decimal(0, 100),
      section: 'Colour',
      default: 0,
      about: 'Brown tones of an old photograph; the strength in percent.',
      example: { value: '80' },
    },
  },
  exact: ({ sepia }) => ({ sepia: sepia || undefined }),
  value: ({ sepia }) => sepia,
  colours: () => true,
  rates: { sepia: 28 },
  work: (_, { made }) => ({ sepia: made }),
})
