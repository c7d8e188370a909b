// The one curve of a grey profile (ICC.1:2022 8.4): libvips hears it with 8 bits, and not with 16.
import { has, text, u8, u16be, u32be } from '../identify/bytes.ts'
import type { Curve } from './transfer.ts'

/** Undefined for a profile of colours, and for one that says its grey by a table of Lab. */
export function greyCurveOf(profile: Uint8Array): Curve | undefined {
  try {
    const at = text(profile, 16, 4) === 'GRAY' ? placeOf(profile, 'kTRC') : undefined
    if (at === undefined) return undefined
    if (has(profile, at, 'curv')) return tabulated(profile, at)
    return has(profile, at, 'para') ? parametric(profile, at) : undefined
  } catch {
    return undefined // it ends too early
  }
}

function placeOf(profile: Uint8Array, tag: string): number | undefined {
  const count = Math.min(u32be(profile, 128), 100)
  for (let i = 0; i < count; i++) if (has(profile, 132 + i * 12, tag)) return u32be(profile, 136 + i * 12)
  return undefined
}

const mostPoints = 65_536

/** Section 10.6: no number is a line, one is a power, more are points of the curve. */
function tabulated(profile: Uint8Array, at: number): Curve {
  const count = Math.min(u32be(profile, at + 8), mostPoints)
  if (count === 0) return (v) => v
  if (count === 1) {
    const power = u16be(profile, at + 12) / 256
    return (v) => v ** power
  }
  const points = Float64Array.from({ length: count }, (_, i) => u16be(profile, at + 12 + i * 2) / 65_535)
  return (v) => {
    const place = v * (count - 1)
    const before = Math.min(count - 2, Math.floor(place))
    const [low = 0, high = 0] = [points[before], points[before + 1]]
    return low + (high - low) * (place - before)
  }
}

/** Section 10.18, functions 0 to 4: below `d` a line, above it a power. */
function parametric(profile: Uint8Array, at: number): Curve | undefined {
  const kind = u16be(profile, at + 8)
  if (u8(profile, at + 8) !== 0 || kind > 4) return undefined
  const count = [1, 3, 4, 5, 7][kind] ?? 0
  const values = Array.from({ length: count }, (_, i) => (u32be(profile, at + 12 + i * 4) | 0) / 65_536)
  const [g = 1, a = 1, b = 0, third = 0, d = 0, e = 0, f = 0] = values
  const power = (v: number, added = 0) => Math.max(0, a * v + b) ** g + added
  if (kind === 0) return (v) => v ** g
  if (kind === 1) return (v) => (v >= -b / a ? power(v) : 0)
  if (kind === 2) return (v) => (v >= -b / a ? power(v, third) : third)
  return (v) => (v >= d ? power(v, e) : third * v + f)
}
