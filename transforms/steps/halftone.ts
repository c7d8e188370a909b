// Prints the finished picture in dots of ink, as a newspaper does.
import { integer } from '../options/kinds.ts'
import { effectOf } from './step.ts'

/** Its value is the distance of two dots in pixels, 3 to 100. */
export const halftone = effectOf<number>()({
  name: 'halftone',
  rows: {
    halftone: {
      key: 'htn',
      kind: integer(0, 100),
      section: 'Effects',
      default: 0,
      about:
        'Halftone: prints the picture in dots of cyan, magenta, yellow and black, each at its own angle; the distance of two dots in pixels.',
      example: { value: '8' },
    },
  },
  // Dots closer than three pixels are no dots.
  exact: ({ halftone }) => ({ halftone: halftone ? Math.max(3, halftone) : undefined }),
  value: ({ halftone }) => halftone,
  edges: () => true,
  rates: { halftone: 110 },
  work: (_, { made }) => ({ halftone: made }),
})
