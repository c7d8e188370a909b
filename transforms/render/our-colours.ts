// In which colours a picture is worked on and written: sRGB, or grey alone.
import type { Sharp } from 'sharp'
import type { Facts } from '../facts.ts'
import type { OutputFormat } from '../formats.ts'
import type { Plan } from '../plan/plan.ts'
import { addsColour } from '../steps/index.ts'

/**
 * sharp 0.35 converts pictures of 16 bits with a profile to Display P3 and drops that profile as well, so red becomes
 * orange; asking for sRGB by name converts them the rest of the way.
 */
export function inOurColours(image: Sharp, facts: Facts): Sharp {
  const goesAstray = facts.depth > 8 && facts.icc && facts.space !== 'gray'
  return goesAstray ? image.withIccProfile('srgb', { attach: false }) : image
}

/** One channel instead of three, where the encoder can and nothing coloured is added. */
export function staysGray(facts: Facts, plan: Plan, format: OutputFormat): boolean {
  const { r, g, b } = plan.background
  const neutral = r === g && g === b && !addsColour(plan)
  return facts.space === 'gray' && neutral && (format === 'jpeg' || format === 'png')
}
