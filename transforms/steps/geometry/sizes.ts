// Sizes and boxes as numbers: fitting one into another, and placing one in another. Halves of pixels round up.
import { maxSide } from '../../options/option-types.ts'

export interface Size {
  readonly width: number
  readonly height: number
}

export interface Box extends Size {
  readonly left: number
  readonly top: number
}

/** The size of a picture in whole pixels. */
export interface Picture extends Size {
  /** Before it was rounded: the size of a drawing. */
  readonly exact?: Size
}

/** A point of a picture as shares of its sides, 0 to 1. */
export interface Point {
  readonly x: number
  readonly y: number
}

export const centre: Point = { x: 0.5, y: 0.5 }

export const clamped = (value: number, min: number, max: number): number =>
  Math.min(max, Math.max(min, value))

/** Whole pixels from 1 to `max`. */
export const whole = (value: number, max = maxSide): number => clamped(Math.round(value), 1, max)

export const isSame = (a: Size, b: Size): boolean => a.width === b.width && a.height === b.height

export const longest = (size: Size): number => Math.max(size.width, size.height)

/** `from` scaled to fit inside `frame` with one side matching, at most `maxScale` times its size. */
export function inside(from: Picture, frame: Size, maxScale = Number.POSITIVE_INFINITY): Size {
  const { width, height } = from.exact ?? from
  const scale = Math.min(frame.width / width, frame.height / height, maxScale)
  return { width: whole(width * scale, frame.width), height: whole(height * scale, frame.height) }
}

/** `from` scaled to cover `frame` with one side matching. */
export function covering(from: Picture, frame: Size): Size {
  const { width, height } = from.exact ?? from
  const scale = Math.max(frame.width / width, frame.height / height)
  return {
    width: Math.max(frame.width, Math.round(width * scale)),
    height: Math.max(frame.height, Math.round(height * scale)),
  }
}

/** The largest part of `from` with the ratio of `frame`, in whole pixels of `from`. */
export function largestPart(from: Size, frame: Size): Size {
  const scale = Math.min(from.width / frame.width, from.height / frame.height)
  return { width: whole(frame.width * scale, from.width), height: whole(frame.height * scale, from.height) }
}

/** A box of size `part` in `picture`, its middle as near to `point` as the edges allow. */
export function placed(part: Size, picture: Size, point: Point): Box {
  const offset = (inner: number, outer: number, at: number): number =>
    clamped(Math.round(at * outer - inner / 2), 0, outer - inner)
  return {
    left: offset(part.width, picture.width, point.x),
    top: offset(part.height, picture.height, point.y),
    width: part.width,
    height: part.height,
  }
}

/** `inner`, given within `outer`, as a box of what `outer` lies in. */
export const nested = (inner: Box, outer: Box): Box => ({
  ...inner,
  left: outer.left + inner.left,
  top: outer.top + inner.top,
})
