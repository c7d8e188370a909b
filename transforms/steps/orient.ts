// Brings the stored picture upright, or to what `turn` and `or` ask for.
import type { Facts } from '../facts.ts'
import { oneOf, same } from '../options/kinds.ts'
import { turn } from '../options/kinds-place.ts'
import type { Turn } from '../options/option-types.ts'
import { fromExif, joined, type Orient, orientSize, turned } from './geometry/orientation.ts'
import { stepOf } from './step.ts'

export const orient = stepOf<Orient>()({
  name: 'orient',
  rows: {
    turn: {
      key: 'turn',
      kind: turn,
      section: 'Orientation',
      about:
        'Turns the upright source clockwise (`90`, `180`, `270`), then mirrors it left-right (`h`), before every other step, `rect` included. After `raw` it is the source as it is stored, without its EXIF orientation.',
      example: { value: '90' },
    },
    orientation: {
      key: 'or',
      aliases: ['orient'],
      kind: oneOf(same('0', '1', '2', '3', '4', '5', '6', '7', '8', '90', '180', '270')),
      section: 'Orientation',
      about:
        'Overrides the EXIF orientation (0 to 8), or turns the upright picture clockwise by 90, 180 or 270 degrees.',
      example: { value: '180' },
    },
  },
  exact: ({ turn, orientation }) => ({
    turn: turn && (turn.isRaw || turn.turns !== 0 || turn.mirror) ? turn : undefined,
    // EXIF knows no 0; readers take it for 1, the picture as it is stored.
    orientation: orientation === '0' ? '1' : orientation,
  }),
  plan(draft, spec, facts) {
    const orient = orientOf(spec, facts)
    return { ...draft, orient, ...orientSize(facts, orient) }
  },
  isApart: () => true,
  rates: { orient: 3 },
  work: (_, { resized }) => ({ orient: resized }),
})

interface Asked {
  readonly turn?: Turn
  readonly orientation?: string
}

/** As `rect` sees the picture: EXIF, unless it is to be left as stored, and then `turn`. */
export function seenOf({ turn }: Pick<Asked, 'turn'>, facts: Facts): Orient {
  const exif = fromExif(facts.orientation)
  return turn ? joined(turn.isRaw ? turned(0) : exif, turn) : exif
}

/** As `rect` sees it unless overridden; 90, 180 and 270 turn on from there. */
function orientOf(spec: Asked, facts: Facts): Orient {
  const asked = Number(spec.orientation)
  if (spec.orientation === undefined) return seenOf(spec, facts)
  if (asked >= 90) return joined(seenOf(spec, facts), turned(asked / 90))
  return spec.turn ? joined(fromExif(asked), spec.turn) : fromExif(asked)
}
