// Cuts a region of the upright picture out, before it is resized.
import type { Facts } from '../facts.ts'
import { region } from '../options/kinds-place.ts'
import type { Region, Turn } from '../options/option-types.ts'
import { inverse, joined, orientBox, orientSize, turned } from './geometry/orientation.ts'
import { isWhole, regionBox } from './geometry/region.ts'
import type { Box } from './geometry/sizes.ts'
import { seenOf } from './orient.ts'
import { type Draft, stepOf } from './step.ts'

export const extract = stepOf<Box>()({
  name: 'extract',
  rows: {
    region: {
      key: 'rect',
      kind: region,
      section: 'Crop',
      about:
        'Region of the upright source to use, before every other step. What sticks out of the source is left out; a region wholly outside it is an error.',
      example: { value: 'center,middle,0.5,0.5' },
    },
  },
  exact: ({ region }) => ({ region: isWhole(region) ? undefined : region }),
  plan(draft, spec: Asked, facts) {
    if (!spec.region) return draft
    const extract = regionOf(spec.region, { spec, draft, facts })
    return { ...draft, extract, width: extract.width, height: extract.height }
  },
  isApart: () => false,
  rates: {},
  work: () => ({}),
})

interface Asked {
  readonly region?: Region
  readonly turn?: Turn
}

interface Lying {
  readonly spec: Asked
  readonly draft: Draft
  readonly facts: Facts
}

/** `rect` is meant on the picture as EXIF and `turn` turn it, whatever `or` then does to it. */
function regionOf(region: Region, { spec, draft, facts }: Lying): Box {
  const seen = seenOf(spec, facts)
  const size = orientSize(facts, seen)
  return orientBox(regionBox('rect', region, size), size, joined(inverse(seen), draft.orient ?? turned(0)))
}
