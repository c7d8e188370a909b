// One pass of operations as options of steps, which have one order.
import { Failure } from '../../../errors.ts'
import { joined, type Options, type Orient, turned } from '../../../transforms/index.ts'
import { isUpright, type UploadcareState } from './state.ts'

/** Throws 'bad-option' for what has no place in this order. */
export function stepsOf(state: UploadcareState): Options {
  const { sizing, region, effects, colours } = state
  const cut = state.cut ?? sizing?.cut
  return {
    ...sizing?.options,
    ...(region && { region }),
    ...(cut && { cut }),
    ...turnsOf(state),
    ...fillOf(state),
    ...colours,
    ...effects,
  }
}

/** Padding, and what has no transparency, is painted; elsewhere a colour would take transparency away. */
function fillOf({ fill, sizing, format, isVideo }: UploadcareState): Options {
  const isSeen = isVideo || format === 'jpeg' || sizing?.options.enlarge === 'fill'
  return fill && isSeen ? { background: fill } : {}
}

/** Turns before the region go into `turn`, those before the size into `or`, mirrors and the rest behind it. */
function turnsOf(state: UploadcareState): Options {
  const { isRaw, region, first, second, third } = state
  const before = region ? first : turned(0)
  const beforeSize = region ? second : first
  if (isRaw && !region && isUpright(beforeSize)) return { orientation: '1', ...turnsAfter(third) }
  if (!region && (isRaw || (beforeSize.mirror && !isSymmetrical(state))))
    return { turn: { isRaw, ...beforeSize }, ...turnsAfter(third) }
  if (beforeSize.mirror && !isSymmetrical(state))
    throw new Failure('bad-option', 'mirror or flip between two crops is not supported', { option: 'mirror' })
  return {
    ...((isRaw || !isUpright(before)) && { turn: { isRaw, ...before } }),
    ...(beforeSize.turns !== 0 && { orientation: degrees[beforeSize.turns] }),
    // Of a size that is the same on both sides, the mirror may as well be done afterwards.
    ...turnsAfter(joined({ turns: 0, mirror: beforeSize.mirror }, third)),
  }
}

const degrees = { 1: '90', 2: '180', 3: '270' } as const

function isSymmetrical({ sizing, cut }: UploadcareState): boolean {
  const words = sizing?.options.crop ?? []
  return !cut && !sizing?.cut && !words.includes('left') && !words.includes('right')
}

/** `flip` comes before `rot`: a turn that is followed by a mirror is a mirror followed by the opposite turn. */
function turnsAfter({ turns, mirror }: Orient): Options {
  if (mirror && turns === 2) return { flip: 'v' }
  const clockwise = mirror ? -turns : turns
  // `rot` counts the other way round, and only a pivot turns the frame as well.
  const rotation = ((4 - clockwise) % 4) * 90
  return { ...(mirror && { flip: 'h' }), ...(rotation > 0 && { rotation, rotationType: 'pivot' }) }
}
