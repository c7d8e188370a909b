// Blurs the finished picture.
import { integer } from '../options/kinds.ts'
import { effectOf } from './step.ts'

/** Its value is a Gaussian sigma in pixels of the result, 0.3 (where sharp's begins) to 200. */
export const blur = effectOf<number>()({
  name: 'blur',
  rows: {
    blur: {
      key: 'blur',
      kind: integer(0, 2000),
      section: 'Effects',
      default: 0,
      about: 'Gaussian blur of the result; its sigma is a tenth of this in pixels.',
      example: { value: '80' },
    },
  },
  exact: ({ blur }) => ({ blur: blur || undefined }),
  // Reference: `blur` 0 to 2000.
  value: ({ blur }) => (blur ? Math.max(0.3, blur / 10) : undefined),
  rates: { blur: 4, 'blur sigma': 0.45 },
  work: (sigma, { made }) => ({ blur: made, 'blur sigma': sigma * made }),
})
