// Makes a negative of the finished picture.
import { flag } from '../options/kinds.ts'
import { pointEffectOf } from './step.ts'

export const invert = pointEffectOf<true>()({
  name: 'invert',
  rows: {
    invert: {
      key: 'invert',
      aliases: ['inv'],
      kind: flag,
      section: 'Colour',
      default: false,
      about: 'A negative: every colour becomes its opposite. Transparency stays.',
      example: { value: 'true' },
    },
  },
  exact: ({ invert }) => ({ invert: invert || undefined }),
  value: ({ invert }) => invert || undefined,
  rates: { invert: 9 },
  work: (_, { made }) => ({ invert: made }),
})
