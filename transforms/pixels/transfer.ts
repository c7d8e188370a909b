// From a sample to light and back (ITU-T H.273 table 3, IEC 61966-2-1, ITU-R BT.2100). Pure, one value at a time.
import type { Coding, Transfer } from '../facts.ts'

/** A curve of its own: light, 0 to 1, of a sample from 0 to 1. */
export type Curve = (sample: number) => number

/** What samples mean, as far as only the pixels' own file tells. */
export interface Meaning extends Omit<Coding, 'transfer'> {
  readonly transfer: Transfer | Curve
}

/** Nits of a page's white in a picture of high dynamic range (ITU-R BT.2408). */
export const whiteNits = 203

/** Nits of HLG's nominal screen; its system gamma is for this one (ITU-R BT.2100 table 5). */
const hlgNits = 1000
export const hlgGamma = 1.2
/** What scales HLG's light of the scene, its system gamma applied, to multiples of white. */
export const hlgWhite = hlgNits / whiteNits

/**
 * Light of a sample from 0 to 1. White is 1; with PQ it may be up to 49. With HLG it is light of the scene, 0 to 1, which
 * becomes light of a screen only from all channels together.
 */
export function lightOf(transfer: Transfer | Curve, sample: number): number {
  const v = Math.min(1, Math.max(0, sample))
  if (typeof transfer === 'function') return transfer(v)
  return typeof transfer === 'number' ? v ** transfer : curves[transfer](v)
}

const curves: Readonly<Record<Exclude<Transfer, number>, (v: number) => number>> = {
  srgb: (v) => (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4),
  bt709: (v) => (v < 0.081243 ? v / 4.5 : ((v + 0.099297) / 1.099297) ** (1 / 0.45)),
  smpte240: (v) => (v < 0.091286 ? v / 4 : ((v + 0.111572) / 1.111572) ** (1 / 0.45)),
  linear: (v) => v,
  log100: (v) => (v <= 0 ? 0 : 10 ** ((v - 1) * 2)),
  log316: (v) => (v <= 0 ? 0 : 10 ** ((v - 1) * 2.5)),
  pq: (v) => nitsOfPq(v) / whiteNits,
  hlg: (v) => (v <= 0.5 ? v ** 2 / 3 : (Math.exp((v - 0.55991073) / 0.17883277) + 0.28466892) / 12),
}

/** sRGB's sample, 0 to 1, of light from 0 to 1. */
export const srgbOf = (light: number): number =>
  light <= 0.0031308 ? light * 12.92 : 1.055 * light ** (1 / 2.4) - 0.055

const m1 = 2610 / 16384
const m2 = (2523 / 4096) * 128
const c1 = 3424 / 4096
const c2 = (2413 / 4096) * 32
const c3 = (2392 / 4096) * 32

/** SMPTE ST 2084's curve, 0 to 1 for 0 to 10,000 nits. */
export function nitsOfPq(v: number): number {
  const power = v ** (1 / m2)
  return 10_000 * (Math.max(0, power - c1) / (c2 - c3 * power)) ** (1 / m1)
}

export function pqOf(nits: number): number {
  const power = (Math.max(0, nits) / 10_000) ** m1
  return ((c1 + c2 * power) / (1 + c3 * power)) ** m2
}

/**
 * Light of a picture whose brightest is `peak` for a screen that ends at white, both in multiples of white. What is dark
 * stays as it is and the rest is bent below white (ITU-R BT.2390 5.4.1).
 */
export function toneMapped(light: number, peak: number): number {
  if (peak <= 1) return Math.min(light, 1)
  const top = pqOf(peak * whiteNits)
  const white = pqOf(whiteNits) / top
  const knee = 1.5 * white - 0.5
  const value = Math.min(1, pqOf(light * whiteNits) / top)
  if (value <= knee) return light
  const t = (value - knee) / (1 - knee)
  const bent =
    (2 * t ** 3 - 3 * t ** 2 + 1) * knee +
    (t ** 3 - 2 * t ** 2 + t) * (1 - knee) +
    (-2 * t ** 3 + 3 * t ** 2) * white
  return nitsOfPq(bent * top) / whiteNits
}
