// Value noise from one table of numbers, the same on every machine: what makes drawn pictures look like photographs.

/** A small generator (mulberry32), so that a drawing never changes from one run to the next. */
export function random(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296
  }
}

const side = 256
const table = Float32Array.from({ length: side * side }, random(7))
const at = (x: number, y: number): number => table[((y & 255) << 8) | (x & 255)] ?? 0

/** Smooth noise from 0 to 1 that repeats after 256 units. */
export function noise(x: number, y: number): number {
  const x0 = Math.floor(x)
  const y0 = Math.floor(y)
  const fx = x - x0
  const fy = y - y0
  const sx = fx * fx * (3 - 2 * fx)
  const sy = fy * fy * (3 - 2 * fy)
  const top = at(x0, y0) + (at(x0 + 1, y0) - at(x0, y0)) * sx
  const bottom = at(x0, y0 + 1) + (at(x0 + 1, y0 + 1) - at(x0, y0 + 1)) * sx
  return top + (bottom - top) * sy
}

/** Noise upon finer noise (fractal Brownian motion), 0 to 1: clouds, grass, water. */
export function fractal(x: number, y: number, octaves: number): number {
  let sum = 0
  let weight = 0.5
  let total = 0
  for (let i = 0; i < octaves; i++) {
    sum += noise(x, y) * weight
    total += weight
    weight *= 0.5
    // Not quite two, and shifted: otherwise the lattices lie upon each other and show.
    x = x * 2.03 + 17.1
    y = y * 2.03 + 31.7
  }
  return sum / total
}

/** Folded noise with sharp crests, 0 to 1: rock and mountains. */
export function ridged(x: number, y: number, octaves: number): number {
  let sum = 0
  let weight = 0.5
  let total = 0
  for (let i = 0; i < octaves; i++) {
    const crest = 1 - Math.abs(noise(x, y) * 2 - 1)
    sum += crest * crest * weight
    total += weight
    weight *= 0.5
    x = x * 2.07 + 11.3
    y = y * 2.07 + 5.9
  }
  return sum / total
}

/** One value per pixel without any smoothness, -1 to 1: the grain of a film. */
export const grain = (index: number): number => at((index * 73) >> 8, index * 31) + at(index, index >> 9) - 1
