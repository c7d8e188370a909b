// Improves the tones of the finished picture by what its own pixels show. Asked for by `auto=enhance` too.
import { flag } from '../options/kinds.ts'
import { pointEffectOf } from './step.ts'

export const enhance = pointEffectOf<true>()({
  name: 'enhance',
  rows: {
    enhance: {
      key: 'enhance',
      kind: flag,
      section: 'Colour',
      default: false,
      about:
        'As `auto=enhance`: stretches the tones to the whole range, brings the middle nearer to middle grey, and strengthens pale colours; each no more than a little.',
      example: { value: 'true' },
    },
  },
  exact: ({ enhance }) => ({ enhance: enhance || undefined }),
  value: ({ enhance }) => enhance || undefined,
  rates: { enhance: 46 },
  work: (_, { made }) => ({ enhance: made }),
})
