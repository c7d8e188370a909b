// How frames of animations are spelled in URLs.
import { integer } from './kinds.ts'
import type { Kind } from './option-types.ts'

/** One frame, or the first and the last of several; counted from 1. */
export type FrameChoice = number | readonly [first: number, last: number]

/** Far beyond the most frames that any animation may have here. */
const most = 100_000

export const frames: Kind<FrameChoice> = {
  expected: `the number of a frame from 1 to ${most}, or the first and the last as N-M`,
  read(text) {
    const [, first = '', last] = /^(\d{1,6})(?:-(\d{1,6}))?$/.exec(text) ?? []
    const [from, to] = [integer(1, most).read(first), last && integer(1, most).read(last)]
    if (from === undefined || last === undefined) return from
    if (typeof to !== 'number' || to < from) return undefined
    return from === to ? from : [from, to]
  },
  write: (value) => (typeof value === 'number' ? String(value) : value.join('-')),
}
