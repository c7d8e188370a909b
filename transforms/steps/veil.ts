// Makes the faces of the finished picture unrecognisable, as far as they are found.
import { integer } from '../options/kinds.ts'
import { effectOf } from './step.ts'

export interface Veil {
  /** How much, 1 to 100. */
  readonly blur?: number
  readonly pixelate?: number
}

interface Asked {
  readonly faceBlur?: number
  readonly facePixel?: number
}

const section = 'Effects'

export const veil = effectOf<Veil>()({
  name: 'veil',
  rows: {
    faceBlur: {
      key: 'face-blur',
      kind: integer(0, 100),
      section,
      default: 0,
      about:
        'Blurs the faces that are found in the picture as it is so far; at 100 by a quarter of their size. Not every face is found: nothing that must be secret should rely on it.',
      example: { value: '80', sample: 'portrait.jpg', same: 'The samples show no face.' },
    },
    facePixel: {
      key: 'face-pixel',
      aliases: ['face-pixelate'],
      kind: integer(0, 100),
      section,
      default: 0,
      about: 'Pixelates the faces that are found; at 100 in blocks of half their size.',
      example: { value: '20', sample: 'portrait.jpg', same: 'The samples show no face.' },
    },
  },
  exact: ({ faceBlur, facePixel }: Asked) => ({
    faceBlur: faceBlur || undefined,
    facePixel: facePixel || undefined,
  }),
  value: ({ faceBlur: blur, facePixel: pixelate }: Asked) =>
    blur || pixelate ? { ...(blur && { blur }), ...(pixelate && { pixelate }) } : undefined,
  edges: ({ pixelate }) => pixelate !== undefined,
  rates: { 'look for faces': 24, veil: 29 },
  work: (_, { made, frames = 1 }) => ({ 'look for faces': frames, veil: made }),
})
