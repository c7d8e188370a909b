// Pixelates the finished picture.
import { integer } from '../options/kinds.ts'
import { effectOf } from './step.ts'

/** Its value is the side of a block in pixels of the result, 2 to 100. */
export const pixelate = effectOf<number>()({
  name: 'pixelate',
  rows: {
    pixelate: {
      key: 'px',
      kind: integer(0, 100),
      section: 'Effects',
      default: 0,
      about: 'Pixelates the result: each block of so many pixels a side becomes their mean colour.',
      example: { value: '12' },
    },
  },
  // A block of one pixel is that pixel.
  exact: ({ pixelate = 0 }) => ({ pixelate: pixelate > 1 ? pixelate : undefined }),
  value: ({ pixelate }) => pixelate,
  edges: () => true,
  rates: { pixelate: 15 },
  work: (_, { made }) => ({ pixelate: made }),
})
