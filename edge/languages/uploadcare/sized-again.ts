// A sizing operation behind another, as the one that comes to the same: editors and upload widgets write `preview` at
// the end of what they did, and whoever shows the picture writes a size behind that.
import type { Options } from '../../../transforms/index.ts'
import { type Sizing, type State, turnedBy, upright } from './state.ts'

/** The box that a sizing fits into; Infinity for a side that is free. */
interface Box {
  readonly width: number
  readonly height: number
}

/** Undefined where no single sizing comes to the same. */
export function sizedAgain(state: State, next: Sizing): State | undefined {
  const { sizing: before, cut, third } = state
  if (!before) return { ...state, sizing: next }
  const isWhole = !cut && keepsRatio(before)
  // A preview, or stretch/off with one side: what it does to a smaller picture is nothing.
  if (next.options.fit === 'max') {
    const within = turnedBox(boxOf(next), third.turns)
    if (isWhole) return { ...state, sizing: boxed(before, smaller(boxOf(before), within)) }
    return isWithin(boxOf(before), within) ? state : undefined
  }
  return isWhole && isSame(before, next, third.turns) ? replaced(state, next) : undefined
}

const keepsRatio = ({ options: { fit } }: Sizing): boolean => fit === undefined || fit === 'max'

/** Whether `next` gives the size that it gives without `before`. */
function isSame(before: Sizing, next: Sizing, turns: number): boolean {
  if (next.options.enlarge === undefined) return true
  // What may not grow is as large as what came before, on its shorter side too: that of a panorama is a fifth.
  const { width, height } = turnedBox(boxOf(before), turns)
  return before.options.fit === 'max' && longest(boxOf(next)) * 5 <= Math.min(width, height)
}

const longest = ({ width, height }: Box): number => Math.max(width, height)

/** A turn between the two is one before the second. */
function replaced({ sizing: _before, third, ...rest }: State, next: Sizing): State {
  return { ...turnedBy({ ...rest, third: upright }, third), sizing: next }
}

const boxOf = ({ options: { width, height } }: Sizing): Box => ({
  width: pixels(width),
  height: pixels(height),
})

const pixels = (side: Options['width']): number => (side && 'px' in side ? side.px : Number.POSITIVE_INFINITY)

const turnedBox = ({ width, height }: Box, turns: number): Box =>
  turns % 2 === 0 ? { width, height } : { width: height, height: width }

const smaller = (one: Box, other: Box): Box => ({
  width: Math.min(one.width, other.width),
  height: Math.min(one.height, other.height),
})

const isWithin = (one: Box, other: Box): boolean => one.width <= other.width && one.height <= other.height

const boxed = ({ options }: Sizing, { width, height }: Box): Sizing => ({
  options: {
    ...options,
    ...(Number.isFinite(width) && { width: { px: width } }),
    ...(Number.isFinite(height) && { height: { px: height } }),
  },
})
