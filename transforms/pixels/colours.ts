// A picture whose colours are told by code points, brought to sRGB as a profile would do it.
import type { Sharp } from 'sharp'
import type { Coding, Facts } from '../facts.ts'
import { from, samplesOf } from './run.ts'
import { toSrgb } from './to-srgb.ts'

/** A new pipeline that goes on from what `image` has done so far. */
export async function inSrgb(image: Sharp, { depth }: Facts, colour: Coding): Promise<Sharp> {
  const { width, height, channels, data } = await samplesOf(image, depth > 8 ? 16 : 8)
  return from({ width, height, channels, data: toSrgb({ data, channels, depth }, colour) })
}
