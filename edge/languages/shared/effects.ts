// Colours and light as other languages measure them, in native options. A value that changes nothing is none.
import { clamp, shown } from './values.ts'
import type { Pairs } from './words.ts'

const unless = (neutral: number, key: string, value: number): Pairs =>
  Math.abs(value - neutral) < 1e-6 ? {} : { [key]: shown(value) }

/** Multiplies the stored values. */
export const gain = (factor: number): Pairs => unless(1, 'gain', factor)

/** A factor as percent more or less: 1.2 is 20. */
export const percentOf = (key: 'con' | 'sat', factor: number): Pairs => unless(0, key, (factor - 1) * 100)

/** Percent from -100 to 100. */
export const percent = (key: 'bri' | 'con' | 'sat' | 'vib' | 'exp' | 'gam', value: number): Pairs =>
  unless(0, key, clamp(value, -100, 100))

/** Two is lighter: `gam` counts 50 for each doubling. */
export const gammaOf = (gamma: number): Pairs => unless(0, 'gam', clamp(Math.log2(gamma) * 50, -100, 100))

export const hue = (degrees: number): Pairs => unless(0, 'hue', ((degrees % 360) + 360) % 360)

export const grey: Pairs = { sat: '-100' }
export const negative: Pairs = { invert: 'true' }

/** From a Gaussian sigma in pixels. */
export const blur = (sigma: number): Pairs => unless(0, 'blur', Math.min(2000, Math.round(sigma * 10)))

/** Cuts off the border of the corner's colour, or of this one; the tolerance is of 255. */
export const trimmed = (tolerance: number, colour?: string): Pairs => ({
  trim: 'color',
  ...(tolerance > 0 ? { 'trim-tol': shown(clamp(tolerance, 0, 255)) } : {}),
  ...(colour === undefined ? {} : { 'trim-color': colour }),
})

/** Pixels of padding, clockwise from the top. */
export interface Edges {
  readonly top: number
  readonly right: number
  readonly bottom: number
  readonly left: number
}

/** Padding that is added to the sized picture: a native frame holds both. */
export function padded(pairs: Pairs, { top, right, bottom, left }: Edges): Pairs {
  const grown = (key: 'w' | 'h', by: number): Pairs =>
    /^\d+$/.test(pairs[key] ?? '') ? { [key]: shown(Number(pairs[key]) + by) } : {}
  const edge = (key: string, px: number): Pairs => (px > 0 ? { [key]: shown(px) } : {})
  return {
    ...pairs,
    ...grown('w', left + right),
    ...grown('h', top + bottom),
    ...edge('pad-top', top),
    ...edge('pad-right', right),
    ...edge('pad-bottom', bottom),
    ...edge('pad-left', left),
  }
}

export const pixelate = (block: number): Pairs => (block > 1 ? { px: shown(Math.min(100, block)) } : {})
