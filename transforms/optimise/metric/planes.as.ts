// @ts-nocheck AssemblyScript, not TypeScript: the layout of both pictures' planes in memory.
/** Scales 1:1 to 1:32, three planes each: X, Y and B-Y. */
export const scales: i32 = 6
/** Tiles are 128 pixels of the full size wide: 8 at 1:16, the smallest scale that counts. */
export const tile: i32 = 128

export const linearOf = memory.data(1024, 16)
export const widths = memory.data(32, 16)
export const heights = memory.data(32, 16)
export const strides = memory.data(32, 16)
/** For each plane (scale * 3 + channel): is it wanted, its reference, mean, variance and candidate. */
export const wanted = memory.data(72, 16)
export const originals = memory.data(72, 16)
export const means = memory.data(72, 16)
export const variances = memory.data(72, 16)
export const candidates = memory.data(72, 16)
/** Linear light of each scale but the first, which is read two rows at a time. */
export const lights = memory.data(32, 16)
export let sums: usize = 0
export let pixels: usize = 0
export let rows: usize = 0
export let tilesX: i32 = 0
export let tilesY: i32 = 0
export let top: usize = 0

export function at(table: usize, index: i32): i32 {
  return load<i32>(table + (index << 2))
}

function put(table: usize, index: i32, value: i32): void {
  store<i32>(table + (index << 2), value)
}

function take(bytes: usize): usize {
  const start = top
  top = (top + bytes + 15) & ~15
  return start
}

export function linearTable(): usize {
  return linearOf
}
export function pixelsAt(): usize {
  return pixels
}
export function sumsAt(): usize {
  return sums
}

/** Lays out a picture's planes; bit p of `mask` wants plane p. False where memory cannot hold them. */
export function prepare(width: i32, height: i32, mask: i32): bool {
  top = (__heap_base + 15) & ~15
  tilesX = max(1, (width + tile / 2) / tile)
  tilesY = max(1, (height + tile / 2) / tile)
  sums = take(<usize>(tilesX * tilesY) * 864)
  pixels = take(<usize>width * height * 3)
  rows = take((<usize>width + 12) * 24)
  for (let s = 0; s < scales; s++) layScale(s, width, height, mask)
  const missing = <i64>top - ((<i64>memory.size()) << 16)
  if (missing > 0 && memory.grow(<i32>((missing + 65535) >> 16)) < 0) return false
  for (let p = 0; p < 18; p++) {
    if (!at(wanted, p)) continue
    const size = <usize>at(strides, p / 3) * at(heights, p / 3) * 4
    memory.fill(<usize>at(originals, p), 0, size)
    memory.fill(<usize>at(candidates, p), 0, size)
  }
  return true
}

function layScale(s: i32, width: i32, height: i32, mask: i32): void {
  const above = s - 1
  const w = s ? (at(widths, above) + 1) >> 1 : width
  const h = s ? (at(heights, above) + 1) >> 1 : height
  const exists = s === 0 || (at(widths, above) >= 8 && at(heights, above) >= 8)
  const stride = ((w + 3) & ~3) + 8
  put(widths, s, exists ? w : 0)
  put(heights, s, exists ? h : 0)
  put(strides, s, stride)
  const bytes = exists ? <usize>stride * h * 4 : 0
  put(lights, s, s && exists ? <i32>take(bytes * 3) : 0)
  for (let p = s * 3; p < s * 3 + 3; p++) {
    const want = exists && (mask >> p) & 1
    put(wanted, p, want ? 1 : 0)
    if (!want) continue
    put(originals, p, <i32>take(bytes))
    put(means, p, <i32>take(bytes))
    put(variances, p, <i32>take(bytes))
    put(candidates, p, <i32>take(bytes))
  }
}
