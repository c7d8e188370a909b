// Makes a region of the finished picture unrecognisable.

import { oneOf, same } from '../options/kinds.ts'
import { region } from '../options/kinds-place.ts'
import type { Region } from '../options/option-types.ts'
import { regionBox } from './geometry/region.ts'
import type { Box } from './geometry/sizes.ts'
import { effectOf } from './step.ts'

export interface Hide {
  readonly box: Box
  readonly how: 'pixelate' | 'blur'
}

interface Asked {
  readonly hide?: Region
  readonly hideHow?: Hide['how']
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
  },
  exact: ({ hide, hideHow }: Asked) =>
    hide ? { hide, hideHow: hideHow === 'pixelate' ? undefined : hideHow } : {},
  value: ({ hide, hideHow }: Asked, size) =>
    hide && { box: regionBox('hide', hide, size), how: hideHow ?? 'pixelate' },
  edges: ({ how }) => how === 'pixelate',
  rates: { hide: 12, 'hide blur': 30 },
  work: ({ box, how }, { made }) => ({
    hide: made,
    'hide blur': how === 'blur' ? (box.width * box.height) / 1e6 : 0,
  }),
})
