// What the samples of a PNG mean: cICP before iCCP, that before sRGB, and cHRM with gAMA last (PNG, third edition, 4.3).

import type { Coding, Primaries } from '../facts.ts'
import { u8, u32be } from './bytes.ts'
import { codingOf, isNear, isSrgb, srgbPrimaries } from './colour-code.ts'

type Chunks = ReadonlyMap<string, Uint8Array>

/** Undefined where a decoder gets it right by itself: sRGB, or a profile that nothing overrides. */
export function codingOfPng(chunks: Chunks, hasProfile: boolean): Coding | undefined {
  const told = codePoints(chunks.get('cICP'))
  // Above a profile sRGB has to be said as well: the decoder would follow the profile.
  if (told) return isSrgb(told) && !hasProfile ? undefined : told
  if (hasProfile || chunks.has('sRGB')) return undefined
  return gammaOf(chunks.get('gAMA'), chunks.get('cHRM'))
}

/** Section 11.3.2.6: primaries, transfer, matrix (always 0, RGB), and whether the range is the full one. */
function codePoints(cicp: Uint8Array | undefined): Coding | undefined {
  if (!cicp || cicp.length < 4 || u8(cicp, 2) !== 0) return undefined
  return codingOf(u8(cicp, 0), u8(cicp, 1), u8(cicp, 3) !== 0)
}

/** What everybody writes who means sRGB, 1/2.2 and its roundings. */
const usualGamma = { from: 0.445, to: 0.465 }
/** Beyond these there is nothing to see, and the chunk is taken for damage. */
const gammas = { from: 0.1, to: 10 }

/** Sections 11.3.2.1 and 11.3.2.2. Like browsers, cHRM without gAMA is not heard. */
function gammaOf(gama: Uint8Array | undefined, chrm: Uint8Array | undefined): Coding | undefined {
  if (!gama || gama.length < 4) return undefined
  const gamma = u32be(gama, 0) / 100_000
  if (gamma < gammas.from || gamma > gammas.to) return undefined
  const primaries = primariesOf(chrm) ?? srgbPrimaries
  const isUsual = gamma > usualGamma.from && gamma < usualGamma.to
  if (isUsual && isNear(primaries, srgbPrimaries)) return undefined
  return { primaries, transfer: 1 / gamma, fullRange: true }
}

/** White stands first in the chunk. Undefined for three colours that nothing can be mixed from. */
function primariesOf(chrm: Uint8Array | undefined): Primaries | undefined {
  if (!chrm || chrm.length < 32) return undefined
  const at = (i: number) => u32be(chrm, i * 4) / 100_000
  const [xw, yw, xr, yr, xg, yg, xb, yb] = [at(0), at(1), at(2), at(3), at(4), at(5), at(6), at(7)]
  const area = Math.abs((xg - xr) * (yb - yr) - (xb - xr) * (yg - yr)) / 2
  const isReal = [xw, xr, xg, xb].every((x) => x <= 1) && [yw, yr, yg, yb].every((y) => y > 0 && y <= 1)
  return isReal && area > 0.01 ? [xr, yr, xg, yg, xb, yb, xw, yw] : undefined
}
