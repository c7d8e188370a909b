// Keeps a part of the sized picture.
import { region } from '../options/kinds-place.ts'
import { isWhole, regionBox } from './geometry/region.ts'
import { type Box, isSame, nested } from './geometry/sizes.ts'
import { type Draft, stepOf } from './step.ts'

export const cut = stepOf<Box>()({
  name: 'cut',
  rows: {
    cut: {
      key: 'cut',
      kind: region,
      section: 'Crop',
      about:
        'Region of the sized picture to keep, written as `rect` is: after size and crop, before `flip` and `rot`.',
      example: { value: 'left,top,0.5,0.5' },
    },
  },
  exact: ({ cut }) => ({ cut: isWhole(cut) ? undefined : cut }),
  plan: (draft, { cut }) => (cut ? cutOut(draft, regionBox('cut', cut, draft)) : draft),
  isApart: () => true,
  rates: {},
  work: () => ({}),
})

/** A known box of what is there already costs no step of its own. */
function cutOut(draft: Draft, box: Box): Draft {
  const { crop, extend } = draft
  if (isSame(box, draft)) return draft
  const known = crop === undefined ? box : crop.by === 'box' ? nested(box, crop.box) : undefined
  const part = known && !extend ? { crop: { by: 'box', box: known } as const } : { cut: box }
  return { ...draft, ...part, width: box.width, height: box.height }
}
