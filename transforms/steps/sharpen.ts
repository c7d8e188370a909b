// Sharpens the finished picture.
import { decimal } from '../options/kinds.ts'
import { effectOf } from './step.ts'

/** Its value is a strength above 0, up to 100, see render/steps/sharpen.ts. */
export const sharpen = effectOf<number>()({
  name: 'sharpen',
  rows: {
    sharpen: {
      key: 'sharp',
      kind: decimal(0, 100),
      section: 'Effects',
      default: 0,
      about: 'Sharpening of the result.',
      example: { value: '50' },
    },
  },
  exact: ({ sharpen }) => ({ sharpen: sharpen || undefined }),
  value: ({ sharpen }) => sharpen || undefined,
  rates: { sharpen: 49 },
  work: (_, { made }) => ({ sharpen: made }),
})
