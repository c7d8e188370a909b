// Changes how strong the colours of the finished picture are, and which.
import { decimal, signed } from '../options/kinds.ts'
import { pointEffectOf } from './step.ts'

/** Each is absent where it has no effect. */
export interface Saturate {
  readonly saturation?: number
  readonly vibrance?: number
  /** Degrees, 0 < hue < 360. */
  readonly hue?: number
}

export const saturate = pointEffectOf<Saturate>()({
  name: 'saturate',
  rows: {
    saturation: {
      key: 'sat',
      kind: signed(-100, 100),
      section: 'Colour',
      default: 0,
      about: 'Saturation in percent more or less; -100 leaves greys.',
      example: { value: '-80' },
    },
    vibrance: {
      key: 'vib',
      kind: signed(-100, 100),
      section: 'Colour',
      default: 0,
      about: 'Saturation of pale colours first: those that are strong already change little.',
      example: { value: '80' },
    },
    hue: {
      key: 'hue',
      kind: decimal(0, 360),
      section: 'Colour',
      default: 0,
      about: 'Turns all colours by so many degrees of the colour wheel.',
      example: { value: '120' },
    },
  },
  exact: ({ saturation, vibrance, hue = 0 }) => ({
    saturation: saturation || undefined,
    vibrance: vibrance || undefined,
    hue: hue % 360 || undefined,
  }),
  value: ({ saturation, vibrance, hue }) =>
    saturation === undefined && vibrance === undefined && hue === undefined
      ? undefined
      : {
          ...(saturation !== undefined && { saturation }),
          ...(vibrance !== undefined && { vibrance }),
          ...(hue !== undefined && { hue }),
        },
  rates: { saturate: 11 },
  work: (_, { made }) => ({ saturate: made }),
})
