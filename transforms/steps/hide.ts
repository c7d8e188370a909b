// Makes a region of the finished picture unrecognisable.

import type { Colour } from '../options/colour.ts'
import { colour, oneOf, same } from '../options/kinds.ts'
import { region } from '../options/kinds-place.ts'
import type { Region } from '../options/option-types.ts'
import { regionBox } from './geometry/region.ts'
import type { Box } from './geometry/sizes.ts'
import { effectOf } from './step.ts'

export interface Hide {
  readonly box: Box
  readonly how: 'pixelate' | 'blur'
  /** It is painted over instead. */
  readonly paint?: Colour
}

interface Asked {
  readonly hide?: Region
  readonly hideHow?: Hide['how']
  readonly hideColour?: Colour
}

export const hide = effectOf<Hide>()({
  name: 'hide',
  rows: {
    hide: {
      key: 'hide',
      kind: region,
      section: 'Effects',
      about: 'A region of the result to make unrecognisable, written as `rect` is.',
      example: { value: 'center,middle,0.4,0.4' },
    },
    hideHow: {
      key: 'hide-by',
      kind: oneOf(same('pixelate', 'blur')),
      section: 'Effects',
      default: 'pixelate',
      needs: '`hide`',
      about: 'In blocks, or blurred; either so coarse that an eighth of its shorter side is one.',
      example: { value: 'blur', beside: 'hide=center,middle,0.4,0.4' },
    },
    hideColour: {
      key: 'hide-color',
      kind: colour,
      section: 'Effects',
      needs: '`hide`',
      about: 'Painted over in a colour instead, as opaque as its alpha says.',
      example: { value: '000', beside: 'hide=center,middle,0.4,0.4' },
    },
  },
  exact({ hide, hideHow, hideColour }: Asked) {
    if (!hide || hideColour?.alpha === 0) return {}
    if (hideColour) return { hide, hideColour }
    return { hide, hideHow: hideHow === 'pixelate' ? undefined : hideHow }
  },
  value: ({ hide, hideHow = 'pixelate', hideColour: paint }: Asked, size) =>
    hide && { box: regionBox('hide', hide, size), how: hideHow, ...(paint && { paint }) },
  edges: ({ how }) => how === 'pixelate',
  colours: ({ paint }) => paint !== undefined && (paint.r !== paint.g || paint.g !== paint.b),
  rates: { hide: 12, 'hide blur': 30 },
  work: ({ box, how }, { made }) => ({
    hide: made,
    'hide blur': how === 'blur' ? (box.width * box.height) / 1e6 : 0,
  }),
})
