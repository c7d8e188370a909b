// The options of a crop that say which faces it keeps, and how much round them.
import { decimal, integer } from '../options/kinds.ts'
import type { Rows } from '../options/option-types.ts'

export const faceRows = {
  facePad: {
    key: 'facepad',
    kind: decimal(0.5, 100),
    section: 'Crop',
    needs: '`crop=faces`',
    about:
      'Zooms to the faces: the part that is kept is so many times as large as they are, as far as the picture goes. `fit=facearea` is `fit=crop&crop=faces&facepad=1`.',
    example: {
      value: '2',
      beside: 'h=320&fit=crop&crop=faces',
      sample: 'portrait.jpg',
      same: 'The samples show no face.',
    },
  },
  faceIndex: {
    key: 'faceindex',
    kind: integer(1, 100),
    section: 'Crop',
    needs: '`crop=faces`',
    about: 'Which face counts alone, the largest is 1; all of them where there are fewer.',
    example: {
      value: '1',
      beside: 'h=320&fit=crop&crop=faces',
      sample: 'portrait.jpg',
      same: 'The samples show no face.',
    },
  },
} satisfies Rows
