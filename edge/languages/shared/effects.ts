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

/** Adds percent of the range to red, green and blue. */
export function balance(amounts: readonly [red: number, green: number, blue: number]): Pairs {
  const kept = amounts.map((amount) => clamp(amount, -100, 100))
  return kept.every((amount) => amount === 0) ? {} : { balance: kept.map(shown).join(',') }
}

/** Mixes the whole picture with a colour, a share from 0 to 1 of it. */
export const colourised = (colour: string, share: number): Pairs =>
  share <= 0
    ? {}
    : { blend: colour, 'blend-mode': 'normal', ...(share < 1 ? { 'blend-alpha': shown(share * 100) } : {}) }

/** Percent of the range above which a pixel is white; all are where it is nothing. */
export const blackAndWhite = (percent: number): Pairs => ({ threshold: shown(clamp(percent, 0.01, 100)) })

/** A share from 0 to 1. */
export const opaque = (share: number): Pairs => unless(100, 'opacity', clamp(share, 0, 1) * 100)

/** Faces are never less blurred than this: who asks for it wants nobody recognised. */
const leastVeil = 25

/** A strength up to 100. */
export const veiled = (by: 'blur' | 'pixel', strength: number): Pairs => ({
  [`face-${by}`]: shown(Math.round(clamp(strength, leastVeil, 100))),
})

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
