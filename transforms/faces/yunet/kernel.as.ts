// @ts-nocheck AssemblyScript, not TypeScript: the layers of the network, upon numbers that lie pixel by pixel, channel by channel.
// Rebuild: npx asc transforms/faces/yunet/kernel.as.ts -o transforms/faces/yunet/kernel.wasm -O3 --noAssert --runtime stub --enable simd

/** Where memory is free. */
export function heapAt(): usize {
  return (__heap_base + 15) & ~15
}

/** 3 x 3, every second pixel, from 3 bytes a pixel to 16 numbers, none below 0. Sides are even. */
export function open(from: usize, to: usize, width: i32, height: i32, weights: usize): void {
  const zero = f32x4.splat(0)
  const bias = weights + 27 * 64
  for (let y = 0; y < height; y += 2)
    for (let x = 0; x < width; x += 2) {
      let a = v128.load(bias)
      let b = v128.load(bias, 16)
      let c = v128.load(bias, 32)
      let d = v128.load(bias, 48)
      for (let ky = y ? 0 : 1; ky < 3; ky++)
        for (let kx = x ? 0 : 1; kx < 3; kx++) {
          const pixel = from + <usize>((y + ky - 1) * width + x + kx - 1) * 3
          let row = weights + <usize>(ky * 3 + kx) * 192
          for (let channel: usize = 0; channel < 3; channel++, row += 64) {
            const value = f32x4.splat(<f32>load<u8>(pixel + channel))
            a = f32x4.add(a, f32x4.mul(value, v128.load(row)))
            b = f32x4.add(b, f32x4.mul(value, v128.load(row, 16)))
            c = f32x4.add(c, f32x4.mul(value, v128.load(row, 32)))
            d = f32x4.add(d, f32x4.mul(value, v128.load(row, 48)))
          }
        }
      v128.store(to, f32x4.max(a, zero))
      v128.store(to, f32x4.max(b, zero), 16)
      v128.store(to, f32x4.max(c, zero), 32)
      v128.store(to, f32x4.max(d, zero), 48)
      to += 64
    }
}

/** 1 x 1. Four pixels at once: room for three more is read and written behind the last. `made` is a multiple of 8. */
export function mix(from: usize, to: usize, pixels: i32, given: i32, made: i32, weights: usize): void {
  const bias = weights + <usize>(given * made) * 4
  const inner = <usize>given * 4
  const outer = <usize>made * 4
  for (let pixel = 0; pixel < pixels; pixel += 4, from += inner * 4, to += outer * 4)
    for (let block: usize = 0; block < outer; block += 32) {
      let a = v128.load(bias + block)
      let b = v128.load(bias + block, 16)
      let c = a
      let d = b
      let e = a
      let f = b
      let g = a
      let h = b
      let row = weights + block
      for (let at: usize = 0; at < inner; at += 4, row += outer) {
        const left = v128.load(row)
        const right = v128.load(row, 16)
        const first = v128.load32_splat(from + at)
        const second = v128.load32_splat(from + inner + at)
        const third = v128.load32_splat(from + inner * 2 + at)
        const fourth = v128.load32_splat(from + inner * 3 + at)
        a = f32x4.add(a, f32x4.mul(first, left))
        b = f32x4.add(b, f32x4.mul(first, right))
        c = f32x4.add(c, f32x4.mul(second, left))
        d = f32x4.add(d, f32x4.mul(second, right))
        e = f32x4.add(e, f32x4.mul(third, left))
        f = f32x4.add(f, f32x4.mul(third, right))
        g = f32x4.add(g, f32x4.mul(fourth, left))
        h = f32x4.add(h, f32x4.mul(fourth, right))
      }
      const out = to + block
      v128.store(out, a)
      v128.store(out, b, 16)
      v128.store(out + outer, c)
      v128.store(out + outer, d, 16)
      v128.store(out + outer * 2, e)
      v128.store(out + outer * 2, f, 16)
      v128.store(out + outer * 3, g)
      v128.store(out + outer * 3, h, 16)
    }
}

/** 3 x 3 in each channel alone; what is outside counts as 0. */
export function spread(
  from: usize,
  to: usize,
  width: i32,
  height: i32,
  channels: i32,
  weights: usize,
  least: f32,
): void {
  const step = <usize>channels * 4
  const bias = weights + step * 9
  const floor = f32x4.splat(least)
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++, to += step)
      for (let at: usize = 0; at < step; at += 16) {
        let sum = v128.load(bias + at)
        for (let ky = y ? 0 : 1; ky < (y + 1 < height ? 3 : 2); ky++)
          for (let kx = x ? 0 : 1; kx < (x + 1 < width ? 3 : 2); kx++) {
            const pixel = from + <usize>((y + ky - 1) * width + x + kx - 1) * step
            const weight = v128.load(weights + <usize>(ky * 3 + kx) * step + at)
            sum = f32x4.add(sum, f32x4.mul(v128.load(pixel + at), weight))
          }
        v128.store(to + at, f32x4.max(sum, floor))
      }
}

/** The largest of each four pixels. Sides are even. */
export function halve(from: usize, to: usize, width: i32, height: i32, channels: i32): void {
  const step = <usize>channels * 4
  const row = <usize>width * step
  for (let y = 0; y < height; y += 2, from += row)
    for (let x = 0; x < width; x += 2, from += step)
      for (let at: usize = 0; at < step; at += 16, from += 16, to += 16) {
        const above = f32x4.max(v128.load(from), v128.load(from + step))
        const below = f32x4.max(v128.load(from + row), v128.load(from + row + step))
        v128.store(to, f32x4.max(above, below))
      }
}

/** Adds a picture of half the sides, each of its pixels four times. */
export function add(half: usize, to: usize, width: i32, height: i32, channels: i32): void {
  const step = <usize>channels * 4
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++, to += step) {
      const pixel = half + <usize>((y >> 1) * (width >> 1) + (x >> 1)) * step
      for (let at: usize = 0; at < step; at += 16)
        v128.store(to + at, f32x4.add(v128.load(to + at), v128.load(pixel + at)))
    }
}
