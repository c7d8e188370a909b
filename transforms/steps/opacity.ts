// Makes the whole picture less opaque.
import { decimal } from '../options/kinds.ts'
import { pointEffectOf } from './step.ts'

/** Its value is how opaque the picture is, of what it was, 0 to below 100 percent. */
export const opacity = pointEffectOf<number>()({
  name: 'opacity',
  rows: {
    opacity: {
      key: 'opacity',
      kind: decimal(0, 100),
      section: 'Shape, border and padding',
      default: 100,
      about:
        'How opaque the picture is, in percent, with its border and padding. `bg` shows through, or white where the format has no transparency.',
      example: { value: '40' },
    },
  },
  exact: ({ opacity }) => ({ opacity: opacity === 100 ? undefined : opacity }),
  value: ({ opacity }) => opacity,
  opens: () => true,
  rates: { opacity: 14 },
  work: (_, { made }) => ({ opacity: made }),
})
