// Tints the finished picture in one colour.
import type { Colour } from '../options/colour.ts'
import { colour } from '../options/kinds.ts'
import { pointEffectOf } from './step.ts'

/** The alpha of its value is the strength, above 0. */
export const monochrome = pointEffectOf<Colour>()({
  name: 'monochrome',
  rows: {
    monochrome: {
      key: 'monochrome',
      aliases: ['mono'],
      kind: colour,
      section: 'Colour',
      about:
        'Tints the picture in shades of one colour; an alpha of the colour (`80ff0000`) is the strength.',
      example: { value: 'd92f86' },
    },
  },
  exact: ({ monochrome }) => ({ monochrome: monochrome?.alpha === 0 ? undefined : monochrome }),
  value: ({ monochrome }) => monochrome,
  colours: ({ r, g, b }) => r !== g || g !== b,
  rates: { monochrome: 21 },
  work: (_, { made }) => ({ monochrome: made }),
})
