// In which colours a picture is worked on and written: sRGB, another space that was asked for, or grey alone.
import { fileURLToPath } from 'node:url'
import type { Sharp } from 'sharp'
import type { Facts } from '../facts.ts'
import type { OutputFormat } from '../formats.ts'
import { asSrgb, greyOf, inSpace } from '../pixels/colours.ts'
import { afresh } from '../pixels/run.ts'
import type { Meaning } from '../pixels/transfer.ts'
import { colourWay, type WideSpace } from '../plan/colour-way.ts'
import type { Plan } from '../plan/plan.ts'
import { addsColour } from '../steps/index.ts'

type Stored = Pick<Facts, 'depth' | 'icc' | 'space' | 'colour' | 'lab'>
export type Open = (ignoreIcc: boolean) => Promise<Sharp>

/** Opened, and brought to sRGB or to this space: by our own code, by its profile, or by the decoder's usual way. */
export async function inColours(open: Open, facts: Stored, wide?: WideSpace): Promise<Sharp> {
  const way = colourWay(facts, wide)
  const image = await open(way !== 'decoder')
  if (way === 'ours')
    return inSpace(image, { facts, colour: await meaningOf(image, facts), space: wide ?? 'srgb' })
  if (way === 'profile' && wide) return throughProfile(image, facts, wide)
  // sharp 0.35 converts 16 bits with a profile to Display P3 and drops that profile as well, so red becomes orange;
  // asking for sRGB by name converts them the rest of the way.
  return facts.depth > 8 && facts.icc ? image.withIccProfile('srgb', { attach: false }) : image
}

/** Code points count before a profile where the facts speak of them. */
async function meaningOf(image: Sharp, { colour, space, icc }: Stored): Promise<Meaning> {
  if (colour) return colour
  return space === 'gray' && icc ? greyOf(image) : asSrgb
}

/** At once, so that nothing is cut off at the edge of sRGB. Inks without a profile are the decoder's usual ones. */
function throughProfile(image: Sharp, facts: Stored, wide: WideSpace): Promise<Sharp> {
  if (facts.space === 'cmyk') image.pipelineColourspace('cmyk').toColourspace('cmyk')
  return afresh(image.withIccProfile(profileFile(wide), { attach: false }))
}

const profileFile = (wide: WideSpace): string =>
  fileURLToPath(new URL(`../pixels/profiles/${wide}.icc`, import.meta.url))

/** One channel instead of three, where the encoder can, nothing coloured is added, and no profile says three. */
export function staysGray(facts: Facts, plan: Plan, format: OutputFormat): boolean {
  const { r, g, b } = plan.background
  const neutral = r === g && g === b && !addsColour(plan) && plan.space === undefined
  return facts.space === 'gray' && neutral && (format === 'jpeg' || format === 'png')
}
