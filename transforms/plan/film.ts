// Which frames of an animation, or pages of a document, a plan takes, and how they are played.
import type { Facts } from '../facts.ts'
import type { Spec } from '../language/options.ts'

/** Pixels of all frames that are decoded one by one and kept together in memory, 240 MB. */
export const mostHeld = 60e6

export interface Film {
  /** The first frame that is decoded, from 0. */
  readonly first: number
  /** How many are decoded, from there on. */
  readonly count: number
  readonly interval?: number
  readonly skip?: number
  readonly reverse?: true
  /** Times to play; 0 for ever. */
  readonly loop?: number
  /** Milliseconds of each frame. */
  readonly delay?: number
}

/** Whether more than one frame is asked for. */
export const asksForFilm = ({ frame }: Spec): boolean => frame === undefined || typeof frame !== 'number'

/** Absent where the animation stays as it is, or a still picture is its first frame. */
export function filmOf(
  spec: Spec,
  { pages }: Facts,
  moves: boolean,
): { readonly film?: Film; readonly pages: number } {
  const last = pages - 1
  if (!moves) {
    const asked = typeof spec.frame === 'number' ? spec.frame : (spec.frame?.[0] ?? spec.page ?? 1)
    const first = Math.min(asked - 1, last)
    return { pages: 1, ...(first > 0 && { film: { first, count: 1 } }) }
  }
  const [from, to] = typeof spec.frame === 'object' ? spec.frame : [1, pages]
  const first = Math.min(from - 1, last)
  const count = Math.min(to - 1, last) - first + 1
  const { interval, skip, reverse, loop, fps } = spec
  const film: Film = {
    first,
    count,
    ...(interval !== undefined && { interval }),
    ...(skip !== undefined && { skip }),
    ...(reverse && { reverse }),
    ...(loop !== undefined && { loop }),
    ...(fps !== undefined && { delay: Math.round(1000 / fps) }),
  }
  const isAll = count === pages && Object.keys(film).length === 2
  return { pages: keptFrames(film).length, ...(!isAll && { film }) }
}

/** The frames that are left of those decoded, in the order in which they are played, and how many each stands for. */
export function keptFrames(film: Film): readonly { readonly index: number; readonly stands: number }[] {
  const { count, interval = 1, skip = 0, reverse = false } = film
  const kept: { index: number; stands: number }[] = []
  for (let index = 0; index < count; index++) {
    const isKept = index % interval === 0 && (skip === 0 || (index + 1) % skip !== 0)
    const before = kept.at(-1)
    if (isKept || !before) kept.push({ index, stands: 1 })
    else before.stands++
  }
  return reverse ? kept.toReversed() : kept
}
