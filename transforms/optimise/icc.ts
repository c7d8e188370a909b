// Reads an ICC profile (ICC.1:2022): its name, and whether it is sRGB under another name.
import { inflateSync } from 'node:zlib'
import { has, text, u16be, u32be } from '../identify/bytes.ts'

export type IccClass = 'srgb' | 'wide' | 'gray' | 'cmyk' | 'other'

/** The largest real profiles, of printing presses, have about 4 MB. One that inflates to more is a bomb. */
const mostBytes = 8 * 2 ** 20
/** The primaries of sRGB, adapted to D50 as in every sRGB profile. */
const srgb = {
  rXYZ: [0.4361, 0.2225, 0.0139],
  gXYZ: [0.3851, 0.7169, 0.0971],
  bXYZ: [0.1431, 0.0606, 0.7141],
}
/** sRGB profiles round their primaries by less than this. Red of Display P3 is off by 0.08. */
const tolerance = 0.004

export function classifyIcc(icc: Uint8Array): IccClass {
  try {
    const space = text(icc, 16, 4)
    if (space === 'GRAY') return 'gray'
    if (space === 'CMYK') return 'cmyk'
    if (space !== 'RGB ') return 'other'
    return Object.entries(srgb).every(([tag, xyz]) => hasPrimary(icc, tag, xyz)) ? 'srgb' : 'wide'
  } catch {
    return 'other'
  }
}

function hasPrimary(icc: Uint8Array, name: string, xyz: readonly number[]): boolean {
  const at = findTag(icc, name)
  if (at === undefined) return false
  return xyz.every((value, i) => Math.abs((u32be(icc, at + 8 + i * 4) | 0) / 65536 - value) < tolerance)
}

/** The profile's description: 'desc' in version 2 (plain text), 'mluc' in version 4 (UTF-16). Null when it has none. */
export function readIccName(icc: Uint8Array): string | null {
  try {
    const at = findTag(icc, 'desc')
    if (at === undefined) return null
    if (has(icc, at, 'mluc')) {
      const start = at + u32be(icc, at + 24)
      const letters = Array.from({ length: Math.min(u32be(icc, at + 20), 200) / 2 }, (_, i) =>
        u16be(icc, start + i * 2),
      )
      return cleanName(String.fromCharCode(...letters))
    }
    return cleanName(text(icc, at + 12, Math.min(u32be(icc, at + 8), 200)))
  } catch {
    return null
  }
}

const cleanName = (name: string): string | null => name.replace(/[^\x20-\x7e\xa0-\uffff]/g, '').trim() || null

function findTag(icc: Uint8Array, name: string): number | undefined {
  const count = Math.min(u32be(icc, 128), 100)
  for (let i = 0; i < count; i++) if (has(icc, 132 + i * 12, name)) return u32be(icc, 136 + i * 12)
  return undefined
}

/**
 * Inflates the profile of a PNG's iCCP chunk (a name, a zero, method 0, deflated data). Undefined for damage and bombs.
 */
export function inflateIcc(content: Uint8Array): Uint8Array | undefined {
  try {
    const end = content.indexOf(0)
    return inflateSync(content.subarray(end + 2), { maxOutputLength: mostBytes })
  } catch {
    return undefined
  }
}
