// How a source's colours reach those of the result: by our own code, by its profile, or as every decoder does it. Pure: the
// renderer goes that way, and its price is known before.
import type { Facts } from '../facts.ts'
import type { Plan } from './plan-types.ts'

type Stored = Pick<Facts, 'depth' | 'icc' | 'space' | 'colour' | 'lab'>

export type ColourWay = 'ours' | 'profile' | 'decoder'

/** Spaces that sRGB is inside of, where a plan says one of them. */
export type WideSpace = Exclude<NonNullable<Plan['space']>, 'tinysrgb'>

export const wideSpaceOf = ({ space }: Pick<Plan, 'space'>): WideSpace | undefined =>
  space === 'tinysrgb' ? undefined : space

/** Ours is what a decoder does not hear; with 16 bits and no profile it would take sRGB for Display P3. */
export function colourWay({ colour, lab, icc, depth, space: stored }: Stored, wide?: WideSpace): ColourWay {
  if (colour || lab) return 'ours'
  if (stored === 'gray' && icc) return depth > 8 || wide ? 'ours' : 'decoder'
  if (!wide) return 'decoder'
  return depth > 8 && !icc && stored !== 'cmyk' ? 'ours' : 'profile'
}
