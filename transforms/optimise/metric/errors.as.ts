// @ts-nocheck AssemblyScript, not TypeScript: the error maps of one plane, summed per tile.
import { down, feed, signal, slotOf } from './blur.as'
import {
  at,
  candidates,
  heights,
  means,
  originals,
  strides,
  sums,
  tile,
  tilesX,
  tilesY,
  variances,
  widths,
} from './planes.as'

/** Keeps the structure term steady where both pictures are flat. */
const c2: f32 = 0.0009

function tileEnd(s: i32, tx: i32): i32 {
  return tx === tilesX - 1 ? at(widths, s) : (tx + 1) * (tile >> s)
}

/** Mean and variance of a reference plane. */
export function describe(p: i32): void {
  const s = p / 3
  const h = at(heights, s)
  const from = <usize>at(originals, p)
  for (let tx = 0; tx < tilesX; tx++) {
    const x = tx * (tile >> s)
    const count = (tileEnd(s, tx) - x + 3) & ~3
    for (let y = -4; y < h + 4; y++) {
      feed(p, from, from, x, y, count)
      if (y < 4) continue
      const window = slotOf(y - 8)
      const offset = (<usize>at(strides, s) * (y - 4) + x + 4) << 2
      for (let i: usize = 0; i < (<usize>count) << 2; i += 16) {
        const mean = down(window + i)
        const square = down(window + i + signal)
        v128.store(<usize>at(means, p) + offset + i, mean)
        v128.store(<usize>at(variances, p) + offset + i, f32x4.sub(square, f32x4.mul(mean, mean)))
      }
    }
  }
}

/** Sums the errors of a candidate plane, tile by tile. */
export function compare(p: i32, from: i32, to: i32): void {
  const s = p / 3
  const h = at(heights, s)
  const last = to >= at(heights, 0) ? h : to >> s
  for (let tx = 0; tx < tilesX; tx++) {
    const x = tx * (tile >> s)
    const count = tileEnd(s, tx) - x
    for (let y = (from >> s) - 4; y < last + 4; y++) {
      feed(p, <usize>at(originals, p), <usize>at(candidates, p), x, y, (count + 3) & ~3)
      if (y - 4 < from >> s) continue
      const ty = min((y - 4) / (tile >> s), tilesY - 1)
      errors(p, x, y - 4, count, sums + <usize>((ty * tilesX + tx) * 18 + p) * 48)
    }
  }
}

function total(to: usize, v: v128): void {
  const pairs = f32x4.add(v, v128.shuffle<f32>(v, v, 2, 3, 0, 1))
  const sum = <f64>f32x4.extract_lane(pairs, 0) + <f64>f32x4.extract_lane(pairs, 1)
  store<f64>(to, load<f64>(to) + sum)
}

/** One row's errors, as sums and sums of fourth powers: structure, new edges (ringing), lost edges (blur). */
function errors(p: i32, x: i32, y: i32, count: i32, to: usize): void {
  const s = p / 3
  const offset = (<usize>at(strides, s) * y + x + 4) << 2
  const window = slotOf(y - 4)
  const one = f32x4.splat(1)
  const zero = f32x4.splat(0)
  let ssim1 = zero,
    ssim4 = zero,
    ring1 = zero,
    ring4 = zero,
    blur1 = zero,
    blur4 = zero
  for (let i: usize = 0; i < (<usize>count) << 2; i += 16) {
    const mu1 = v128.load(<usize>at(means, p) + offset + i)
    const mu2 = down(window + i)
    const s22 = f32x4.sub(down(window + i + signal), f32x4.mul(mu2, mu2))
    const s12 = f32x4.sub(down(window + i + signal * 2), f32x4.mul(mu1, mu2))
    const apart = f32x4.sub(mu1, mu2)
    const mean = f32x4.sub(one, f32x4.mul(apart, apart))
    const shared = f32x4.add(f32x4.add(s12, s12), f32x4.splat(c2))
    const both = f32x4.add(f32x4.add(v128.load(<usize>at(variances, p) + offset + i), s22), f32x4.splat(c2))
    let d = f32x4.max(f32x4.sub(one, f32x4.div(f32x4.mul(mean, shared), both)), zero)
    const edge2 = f32x4.abs(f32x4.sub(v128.load(<usize>at(candidates, p) + offset + i), mu2))
    const edge1 = f32x4.abs(f32x4.sub(v128.load(<usize>at(originals, p) + offset + i), mu1))
    let e = f32x4.div(f32x4.sub(edge2, edge1), f32x4.add(one, edge1))
    if (<i32>(i >> 2) + 4 > count) {
      const inside = i32x4.lt_s(i32x4(0, 1, 2, 3), i32x4.splat(count - <i32>(i >> 2)))
      d = v128.and(d, inside)
      e = v128.and(e, inside)
    }
    const ringing = f32x4.max(e, zero)
    const blurred = f32x4.max(f32x4.neg(e), zero)
    const d2 = f32x4.mul(d, d)
    const e2 = f32x4.mul(e, e)
    const e4 = f32x4.mul(e2, e2)
    const isRinging = f32x4.gt(e, zero)
    ssim1 = f32x4.add(ssim1, d)
    ssim4 = f32x4.add(ssim4, f32x4.mul(d2, d2))
    ring1 = f32x4.add(ring1, ringing)
    blur1 = f32x4.add(blur1, blurred)
    ring4 = f32x4.add(ring4, v128.and(e4, isRinging))
    blur4 = f32x4.add(blur4, v128.andnot(e4, isRinging))
  }
  total(to, ssim1)
  total(to + 8, ssim4)
  total(to + 16, ring1)
  total(to + 24, ring4)
  total(to + 32, blur1)
  total(to + 40, blur4)
}
