// What the operations so far amount to. They run from left to right; the native language has one order for its steps.
import {
  type Colour,
  joined,
  type Options,
  type Orient,
  type Region,
  turned,
} from '../../../transforms/index.ts'
import type { Placement } from './arguments.ts'
import type { Lettering } from './drawn.ts'

export interface Sizing {
  readonly options: Options
  /** Where the crop of a scale_crop lies, when words cannot say it: then it is cut out of what covers the frame. */
  readonly cut?: Region
}

/** Turns and mirrors between the steps that are not symmetrical; in the order of the fields, sizes between the last two. */
export interface UploadcareState {
  readonly isRaw: boolean
  readonly first: Orient
  readonly region?: Region
  readonly second: Orient
  readonly sizing?: Sizing
  readonly cut?: Region
  readonly third: Orient
  readonly stretch: 'on' | 'off' | 'fill'
  readonly fill?: Colour
  /** Of a crop round the largest face, which the size behind it completes. */
  readonly face?: { readonly pad: number; readonly ratio?: number }
  readonly lettering: Lettering
  readonly effects: Options
  /** Of colour alone, which no size changes. */
  readonly colours: Options
  readonly format: 'auto' | 'preserve' | 'jpeg' | 'png' | 'webp' | 'mp4' | 'webm'
  /** Behind `gif2video`: all frames, as a video. */
  readonly isVideo: boolean
  readonly isProgressive: boolean
  readonly quality: Options
  readonly as?: 'inline' | 'attachment'
}

export const upright = turned(0)

export const start: UploadcareState = {
  isRaw: false,
  first: upright,
  second: upright,
  third: upright,
  stretch: 'on',
  lettering: {},
  effects: {},
  colours: {},
  format: 'auto',
  isVideo: false,
  isProgressive: false,
  quality: {},
}

/** A turn belongs behind the last step that was not symmetrical. */
export function turnBy(state: UploadcareState, by: Orient): UploadcareState {
  if (state.sizing) return { ...state, third: joined(state.third, by) }
  if (state.region) return { ...state, second: joined(state.second, by) }
  return { ...state, first: joined(state.first, by) }
}

export const isUpright = ({ turns, mirror }: Orient): boolean => turns === 0 && !mirror

/** Corners, edges and the middle have words; undefined for any other place. */
export function cropWords({ x, y }: Placement): NonNullable<Options['crop']> | undefined {
  const across = wordOf(x, 'left', 'right')
  const down = wordOf(y, 'top', 'bottom')
  return across === undefined || down === undefined ? undefined : [...down, ...across]
}

function wordOf<const T extends string>(position: Placement['x'], near: T, far: T): readonly T[] | undefined {
  if (position === 'centre') return []
  if (position === 'end') return [far]
  return 'px' in position && position.px === 0 ? [near] : undefined
}
