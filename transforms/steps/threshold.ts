// Leaves black and white of the finished picture.
import { decimal } from '../options/kinds.ts'
import { pointEffectOf } from './step.ts'

/** Its value is how light a pixel must be at least to be white, above 0 and up to 100 percent. */
export const threshold = pointEffectOf<number>()({
  name: 'threshold',
  rows: {
    threshold: {
      key: 'threshold',
      kind: decimal(0, 100),
      section: 'Colour',
      default: 0,
      about:
        'Black and white: what is as light as this or lighter becomes white, in percent, and all else black.',
      example: { value: '50' },
    },
  },
  exact: ({ threshold }) => ({ threshold: threshold || undefined }),
  value: ({ threshold }) => threshold,
  edges: () => true,
  rates: { threshold: 14 },
  work: (_, { made }) => ({ threshold: made }),
})
