// Sharpens or softens the finished picture by what it differs from a blurred copy in.
import { decimal, signed } from '../options/kinds.ts'
import { effectOf } from './step.ts'

export interface Unsharp {
  /** -1 to 1, not 0: how much of the difference is added. */
  readonly amount: number
  /** Sigma of the blurred copy in pixels, 0.3 to 50. */
  readonly sigma: number
}

export const unsharp = effectOf<Unsharp>()({
  name: 'unsharp',
  rows: {
    unsharp: {
      key: 'usm',
      kind: signed(-100, 100),
      section: 'Effects',
      default: 0,
      about: 'Unsharp mask: sharpens the result, or softens it where it is negative.',
      example: { value: '80' },
    },
    unsharpRadius: {
      key: 'usmrad',
      kind: decimal(0, 100),
      section: 'Effects',
      default: 2.5,
      needs: '`usm`',
      about: 'Radius of the unsharp mask in pixels: how far the edges of what is sharpened reach.',
      example: { value: '20', beside: 'usm=60' },
    },
  },
  exact: ({ unsharp, unsharpRadius = 2.5 }) =>
    unsharp && unsharpRadius > 0
      ? { unsharp, unsharpRadius: unsharpRadius === 2.5 ? undefined : unsharpRadius }
      : {},
  value: ({ unsharp, unsharpRadius = 2.5 }) =>
    unsharp === undefined ? undefined : { amount: unsharp / 100, sigma: Math.max(0.3, unsharpRadius / 2) },
  rates: { unsharp: 57 },
  work: (_, { made }) => ({ unsharp: made }),
})
