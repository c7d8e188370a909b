// Two sizing operations in a row as the one that has the same result. Editors and upload widgets end their addresses
// with `preview`, and a page that shows the picture adds a size of its own.
import type { Options } from '../../../transforms/index.ts'
import { type Sizing, turnBy, type UploadcareState, upright } from './state.ts'

/** The largest output of a sizing; Infinity for a side without a limit. */
interface OutputBox {
  readonly width: number
  readonly height: number
}

/** Undefined where no single sizing comes to the same. */
export function resizeAgain(state: UploadcareState, next: Sizing): UploadcareState | undefined {
  const { sizing: before, cut, third } = state
  if (!before) return { ...state, sizing: next }
  const isWhole = !cut && keepsRatio(before)
  // A preview, or stretch/off with one side: what it does to a smaller picture is nothing.
  if (next.options.fit === 'max') {
    const within = turnBox(boxOf(next), third.turns)
    if (isWhole) return { ...state, sizing: limitToBox(before, smaller(boxOf(before), within)) }
    return isWithin(boxOf(before), within) ? state : undefined
  }
  return isWhole && isSame(before, next, third.turns) ? replaceSizing(state, next) : undefined
}

const keepsRatio = ({ options: { fit } }: Sizing): boolean => fit === undefined || fit === 'max'

/** Whether `next` gives the size that it gives without `before`. */
function isSame(before: Sizing, next: Sizing, turns: number): boolean {
  if (next.options.enlarge === undefined) return true
  // A sizing that may not enlarge is limited by the output before it, unless it fits into that output's shorter side:
  // for a panorama that side may be a fifth of the box.
  const { width, height } = turnBox(boxOf(before), turns)
  return before.options.fit === 'max' && longest(boxOf(next)) * 5 <= Math.min(width, height)
}

const longest = ({ width, height }: OutputBox): number => Math.max(width, height)

/** A turn between the two is one before the second. */
function replaceSizing({ sizing: _before, third, ...rest }: UploadcareState, next: Sizing): UploadcareState {
  return { ...turnBy({ ...rest, third: upright }, third), sizing: next }
}

const boxOf = ({ options: { width, height } }: Sizing): OutputBox => ({
  width: pixels(width),
  height: pixels(height),
})

const pixels = (side: Options['width']): number => (side && 'px' in side ? side.px : Number.POSITIVE_INFINITY)

const turnBox = ({ width, height }: OutputBox, turns: number): OutputBox =>
  turns % 2 === 0 ? { width, height } : { width: height, height: width }

const smaller = (one: OutputBox, other: OutputBox): OutputBox => ({
  width: Math.min(one.width, other.width),
  height: Math.min(one.height, other.height),
})

const isWithin = (one: OutputBox, other: OutputBox): boolean =>
  one.width <= other.width && one.height <= other.height

const limitToBox = ({ options }: Sizing, { width, height }: OutputBox): Sizing => ({
  options: {
    ...options,
    ...(Number.isFinite(width) && { width: { px: width } }),
    ...(Number.isFinite(height) && { height: { px: height } }),
  },
})
