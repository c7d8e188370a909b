// Paints the finished picture in two colours: one for its dark tones and one for its light ones.
import type { Colour } from '../options/colour.ts'
import { decimal } from '../options/kinds.ts'
import { twoColours } from '../options/kinds-colour.ts'
import { pointEffectOf } from './step.ts'

export interface Duotone {
  readonly dark: Colour
  readonly light: Colour
  /** Above 0, up to 1. */
  readonly strength: number
}

export const duotone = pointEffectOf<Duotone>()({
  name: 'duotone',
  rows: {
    duotone: {
      key: 'duotone',
      kind: twoColours,
      section: 'Colour',
      about: 'Two colours: the first for black, the second for white, mixtures of them between.',
      example: { value: '1c1a24,ff8cc3' },
    },
    duotoneAlpha: {
      key: 'duotone-alpha',
      kind: decimal(0, 100),
      section: 'Colour',
      default: 100,
      needs: '`duotone`',
      about: 'How much of it covers the colours of before, in percent.',
      example: { value: '40', beside: 'duotone=1c1a24,ff8cc3' },
    },
  },
  exact: ({ duotone, duotoneAlpha = 100 }) =>
    duotone && duotoneAlpha > 0
      ? { duotone, duotoneAlpha: duotoneAlpha < 100 ? duotoneAlpha : undefined }
      : {},
  value: ({ duotone, duotoneAlpha = 100 }) =>
    duotone && { dark: duotone[0], light: duotone[1], strength: duotoneAlpha / 100 },
  colours: () => true,
  rates: { duotone: 15 },
  work: (_, { made }) => ({ duotone: made }),
})
