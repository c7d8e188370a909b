// @ts-nocheck AssemblyScript, not TypeScript: the Gaussian, along a row into a ring and then down the nine rows of the ring.
import { at, heights, strides } from './planes.as'

/** libjxl's Gaussian of sigma 1.5 has finite support: nine taps, zero outside the picture. */
const k0: f32 = 0.264621105
const k1: f32 = 0.212928592
const k2: f32 = 0.109335373
const k3: f32 = 0.036011115
const k4: f32 = 0.009414368

/**
 * Nine rows of three signals blurred along the row, of one tile's width: it stays in the nearest cache. Each row is
 * kept twice, nine apart, so that any nine rows in order stand together.
 */
const ring = memory.data(41472, 16)
/** Bytes of one signal's row, and of the three signals of one row. */
export const signal: usize = 768
const slot: usize = 2304

function weigh(a: v128, b: v128, c: v128, d: v128, e: v128): v128 {
  const far = f32x4.add(f32x4.mul(d, f32x4.splat(k3)), f32x4.mul(e, f32x4.splat(k4)))
  const near = f32x4.add(f32x4.mul(b, f32x4.splat(k1)), f32x4.mul(c, f32x4.splat(k2)))
  return f32x4.add(f32x4.mul(a, f32x4.splat(k0)), f32x4.add(near, far))
}

/** Blurs down nine consecutive rows of the ring. */
export function down(from: usize): v128 {
  return weigh(
    v128.load(from, 4 * slot),
    f32x4.add(v128.load(from, 3 * slot), v128.load(from, 5 * slot)),
    f32x4.add(v128.load(from, 2 * slot), v128.load(from, 6 * slot)),
    f32x4.add(v128.load(from, slot), v128.load(from, 7 * slot)),
    f32x4.add(v128.load(from), v128.load(from, 8 * slot)),
  )
}

/** The address of row y in the ring; its copy is nine slots further. */
export function slotOf(y: i32): usize {
  return ring + <usize>((y + 9) % 9) * slot
}

/** Blurs a row of `a`, of `b` squared and of their product along the row: the three signals. */
function along(a: usize, b: usize, count: i32, out: usize): void {
  for (let i: usize = 0; i < (<usize>count) << 2; i += 16) {
    const a0 = v128.load(a + i)
    const b0 = v128.load(b + i)
    const al1 = v128.load(a + i - 4),
      ar1 = v128.load(a + i, 4)
    const al2 = v128.load(a + i - 8),
      ar2 = v128.load(a + i, 8)
    const al3 = v128.load(a + i - 12),
      ar3 = v128.load(a + i, 12)
    const al4 = v128.load(a + i - 16),
      ar4 = v128.load(a + i, 16)
    const bl1 = v128.load(b + i - 4),
      br1 = v128.load(b + i, 4)
    const bl2 = v128.load(b + i - 8),
      br2 = v128.load(b + i, 8)
    const bl3 = v128.load(b + i - 12),
      br3 = v128.load(b + i, 12)
    const bl4 = v128.load(b + i - 16),
      br4 = v128.load(b + i, 16)
    const mean = weigh(b0, f32x4.add(bl1, br1), f32x4.add(bl2, br2), f32x4.add(bl3, br3), f32x4.add(bl4, br4))
    const square = weigh(
      f32x4.mul(b0, b0),
      f32x4.add(f32x4.mul(bl1, bl1), f32x4.mul(br1, br1)),
      f32x4.add(f32x4.mul(bl2, bl2), f32x4.mul(br2, br2)),
      f32x4.add(f32x4.mul(bl3, bl3), f32x4.mul(br3, br3)),
      f32x4.add(f32x4.mul(bl4, bl4), f32x4.mul(br4, br4)),
    )
    const product = weigh(
      f32x4.mul(a0, b0),
      f32x4.add(f32x4.mul(al1, bl1), f32x4.mul(ar1, br1)),
      f32x4.add(f32x4.mul(al2, bl2), f32x4.mul(ar2, br2)),
      f32x4.add(f32x4.mul(al3, bl3), f32x4.mul(ar3, br3)),
      f32x4.add(f32x4.mul(al4, bl4), f32x4.mul(ar4, br4)),
    )
    keep(out + i, mean)
    keep(out + i + signal, square)
    keep(out + i + signal * 2, product)
  }
}

function keep(to: usize, value: v128): void {
  v128.store(to, value)
  v128.store(to, value, 9 * slot)
}

/** Brings row y of a tile into the ring; rows outside the picture are zero. */
export function feed(p: i32, original: usize, other: usize, x: i32, y: i32, count: i32): void {
  const s = p / 3
  const out = slotOf(y)
  if (y < 0 || y >= at(heights, s)) {
    memory.fill(out, 0, slot)
    memory.fill(out + 9 * slot, 0, slot)
    return
  }
  const offset = (<usize>at(strides, s) * y + x + 4) << 2
  along(original + offset, other + offset, count, out)
}
