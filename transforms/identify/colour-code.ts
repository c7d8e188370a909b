// Colour told by numbers instead of a profile: the code points of ITU-T H.273, as AVIF and PNG write them down.

import type { Coding, Primaries, Transfer } from '../facts.ts'

const d65 = [0.3127, 0.329] as const
const c = [0.31, 0.316] as const
export const srgbPrimaries: Primaries = [0.64, 0.33, 0.3, 0.6, 0.15, 0.06, ...d65]
const smpte170m: Primaries = [0.63, 0.34, 0.31, 0.595, 0.155, 0.07, ...d65]

/** H.273 table 2. */
const primaries: Readonly<Record<number, Primaries>> = {
  1: srgbPrimaries,
  2: srgbPrimaries, // unspecified: the web's default
  4: [0.67, 0.33, 0.21, 0.71, 0.14, 0.08, ...c],
  5: [0.64, 0.33, 0.29, 0.6, 0.15, 0.06, ...d65],
  6: smpte170m,
  7: smpte170m,
  8: [0.681, 0.319, 0.243, 0.692, 0.145, 0.049, ...c],
  9: [0.708, 0.292, 0.17, 0.797, 0.131, 0.046, ...d65],
  11: [0.68, 0.32, 0.265, 0.69, 0.15, 0.06, 0.314, 0.351],
  12: [0.68, 0.32, 0.265, 0.69, 0.15, 0.06, ...d65],
  22: [0.63, 0.34, 0.295, 0.605, 0.155, 0.077, ...d65],
}

/** H.273 table 3. */
const transfers: Readonly<Record<number, Transfer>> = {
  1: 'bt709',
  2: 'srgb', // unspecified
  4: 2.2,
  5: 2.8,
  6: 'bt709',
  7: 'smpte240',
  8: 'linear',
  9: 'log100',
  10: 'log316',
  11: 'bt709',
  12: 'bt709',
  13: 'srgb',
  14: 'bt709',
  15: 'bt709',
  16: 'pq',
  17: 2.6,
  18: 'hlg',
}

/** Undefined for code points that are reserved or mean no RGB of a screen. */
export function codingOf(primary: number, transfer: number, fullRange = true): Coding | undefined {
  const [colours, curve] = [primaries[primary], transfers[transfer]]
  return colours === undefined || curve === undefined
    ? undefined
    : { primaries: colours, transfer: curve, fullRange }
}

/** The numbers that say it; undefined for what none says. */
export function codePointsOf(
  coding: Coding,
): { readonly primaries: number; readonly transfer: number } | undefined {
  const numberOf = <T>(table: Readonly<Record<number, T>>, isIt: (each: T) => boolean) =>
    Object.entries(table).find(([, each]) => isIt(each))?.[0]
  const colours = numberOf(primaries, (each) => isNear(each, coding.primaries))
  const curve = numberOf(transfers, (each) => each === coding.transfer)
  return colours && curve ? { primaries: Number(colours), transfer: Number(curve) } : undefined
}

/** Whether the samples are sRGB's own, so that nothing has to be converted. */
export const isSrgb = ({ primaries, transfer, fullRange }: Coding): boolean =>
  fullRange && transfer === 'srgb' && isNear(primaries, srgbPrimaries)

/** As chunks of PNG round them. */
const tolerance = 0.001

export const isNear = (some: Primaries, others: Primaries): boolean =>
  some.every((value, i) => Math.abs(value - (others[i] ?? 0)) <= tolerance)
