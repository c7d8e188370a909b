// The options of padding as sides in pixels.
import type { Loose } from './step.ts'

export interface Padding {
  readonly pad?: number
  readonly padTop?: number
  readonly padRight?: number
  readonly padBottom?: number
  readonly padLeft?: number
}

export interface Sides {
  readonly top: number
  readonly right: number
  readonly bottom: number
  readonly left: number
}

export const paddingSides = ({ pad = 0, ...each }: Padding): Sides => ({
  top: each.padTop ?? pad,
  right: each.padRight ?? pad,
  bottom: each.padBottom ?? pad,
  left: each.padLeft ?? pad,
})

/** What padding takes of a frame. */
export function paddingSize(padding: Padding): { readonly width: number; readonly height: number } {
  const { top, right, bottom, left } = paddingSides(padding)
  return { width: left + right, height: top + bottom }
}

/** One number where all sides are alike; a side without padding is absent. */
export function exactPadding(padding: Padding, density: number): Loose<Padding> {
  const sides = paddingSides(padding)
  const [top, right, bottom, left] = [sides.top, sides.right, sides.bottom, sides.left].map((side) =>
    Math.round(side * density),
  )
  if (top === right && right === bottom && bottom === left) return { pad: top || undefined }
  return {
    padTop: top || undefined,
    padRight: right || undefined,
    padBottom: bottom || undefined,
    padLeft: left || undefined,
  }
}
