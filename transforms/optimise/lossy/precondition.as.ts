// @ts-nocheck AssemblyScript, not TypeScript: RGB for 4:2:0 JPEG such that luminance survives the averaging of colour.
// Rebuild: npx asc transforms/optimise/lossy/precondition.as.ts -o transforms/optimise/lossy/precondition.wasm -O3 --noAssert --runtime stub --enable simd
//
// The four lanes of a vector are the four pixels of a block of 2 by 2, row by row.

import { brightness, dark, level, lights, mix, now, shine, slope } from './linear-light.as'

export { levelTable, linearTable } from './linear-light.as'

let pixels: usize = 0
let blue: usize = 0
let red: usize = 0

/** Lays out memory for a picture. Gives the address of its pixels, before and after; 0 where memory is too small. */
export function prepare(width: i32, height: i32): usize {
  const blocks = <usize>((width + 1) >> 1) * ((height + 1) >> 1) * 4
  pixels = (__heap_base + 15) & ~15
  blue = (pixels + <usize>width * height * 3 + 15) & ~15
  red = blue + blocks
  const missing = <i64>(red + blocks) - ((<i64>memory.size()) << 16)
  if (missing > 0 && memory.grow(<i32>((missing + 65535) >> 16)) < 0) return 0
  return pixels
}

/** Preconditions the pixels in place; `strength` from 0 (unchanged) to 1. */
export function run(width: i32, height: i32, strength: f32): void {
  average(width, height)
  for (let y = 0; y < (height + 1) >> 1; y++)
    for (let x = 0; x < (width + 1) >> 1; x++) correct(x, y, width, height, strength)
}

/** Stores the chroma of each block: the chroma of its mean in linear light. */
function average(width: i32, height: i32): void {
  let block: usize = 0
  for (let y = 0; y < height; y += 2) {
    const first = pixels + <usize>(y * width) * 3
    const second = y + 1 < height ? first + <usize>width * 3 : first
    for (let x = 0; x < width; x += 2, block += 4) {
      const left = <usize>x * 3
      const right = x + 1 < width ? left + 3 : left
      const above = f32x4.add(lights(first + left), lights(first + right))
      const sum = f32x4.add(f32x4.add(above, lights(second + left)), lights(second + right))
      const mean = level(f32x4.mul(sum, f32x4.splat(0.25)))
      const r = f32x4.extract_lane(mean, 0)
      const g = f32x4.extract_lane(mean, 1)
      const b = f32x4.extract_lane(mean, 2)
      store<f32>(blue + block, -0.168736 * r - 0.331264 * g + 0.5 * b)
      store<f32>(red + block, 0.5 * r - 0.418688 * g - 0.081312 * b)
    }
  }
}

/** The chroma that a decoder interpolates for each pixel: weights 9, 3, 3, 1 (libjpeg's "fancy" upsampling). */
function smooth(at: usize, west: usize, east: usize, north: usize, south: usize): v128 {
  const near = f32x4.splat(9 * load<f32>(at))
  const left: f32 = 3 * load<f32>(at + west)
  const right: f32 = 3 * load<f32>(at + east)
  const above: f32 = 3 * load<f32>(at + north)
  const below: f32 = 3 * load<f32>(at + south)
  const side = f32x4(left, right, left, right)
  const over = f32x4(above, above, below, below)
  const far = f32x4(
    load<f32>(at + north + west),
    load<f32>(at + north + east),
    load<f32>(at + south + west),
    load<f32>(at + south + east),
  )
  return f32x4.mul(f32x4.add(f32x4.add(f32x4.add(near, side), over), far), f32x4.splat(0.0625))
}

/** The level that chroma adds to green. */
function greenOf(cb: v128, cr: v128): v128 {
  return f32x4.add(f32x4.mul(f32x4.splat(-0.344136), cb), f32x4.mul(f32x4.splat(-0.714136), cr))
}

/** The luma that makes each decoded pixel as bright as the original, by two steps of Newton's method. */
function lumaFor(plain: v128, wanted: v128, cb: v128, cr: v128): v128 {
  const r = f32x4.mul(f32x4.splat(1.402), cr)
  const g = greenOf(cb, cr)
  const b = f32x4.mul(f32x4.splat(1.772), cb)
  let luma = plain
  for (let i = 0; i < 2; i++) {
    dark()
    shine(f32x4.add(luma, r), 0.2126)
    shine(f32x4.add(luma, g), 0.7152)
    shine(f32x4.add(luma, b), 0.0722)
    const step = f32x4.div(f32x4.sub(wanted, now), slope)
    const short = f32x4.max(f32x4.splat(-24), f32x4.min(f32x4.splat(24), step))
    luma = f32x4.add(luma, v128.and(short, f32x4.ge(slope, f32x4.splat(0.00001))))
  }
  return f32x4.max(f32x4.splat(0), f32x4.min(f32x4.splat(255), luma))
}

/** The share, from 0 to 1, of chroma's step in a channel that fits between level 0 and 255 at each luma. */
function fits(luma: v128, step: f32): v128 {
  const space = step > 0 ? f32x4.sub(f32x4.splat(255), luma) : luma
  const part = f32x4.min(f32x4.splat(1), f32x4.div(space, f32x4.splat(abs<f32>(step))))
  return step === 0 ? f32x4.splat(1) : part
}

function room(luma: v128, cb: f32, cr: f32): v128 {
  const r = fits(luma, 1.402 * cr)
  const g = fits(luma, -0.344136 * cb - 0.714136 * cr)
  return f32x4.min(r, f32x4.min(g, fits(luma, 1.772 * cb)))
}

function sumOf(v: v128): f32 {
  const first: f32 = f32x4.extract_lane(v, 0) + f32x4.extract_lane(v, 1)
  return first + f32x4.extract_lane(v, 2) + f32x4.extract_lane(v, 3)
}

/** One channel of the four pixels. */
function levels(at: usize, right: usize, below: usize): v128 {
  const lanes = i32x4(load<u8>(at), load<u8>(at + right), load<u8>(at + below), load<u8>(at + below + right))
  return f32x4.convert_i32x4_s(lanes)
}

/**
 * Gives the pixels of a block one chroma, and each its own luma. Where RGB cannot hold such a colour (white with some
 * red), the pixel loses chroma and keeps luma, and the block's other pixels get the lost chroma.
 */
function correct(bx: i32, by: i32, width: i32, height: i32, strength: f32): void {
  const across = (width + 1) >> 1
  const block = (<usize>(by * across + bx)) << 2
  // In an odd size, the last column or row is repeated.
  const hasRight = bx * 2 + 1 < width
  const hasBelow = by * 2 + 1 < height
  const row = (<usize>across) << 2
  const west: usize = bx > 0 ? <usize>-4 : 0
  const east: usize = hasRight ? (bx + 1 < across ? 4 : 0) : west
  const north: usize = by > 0 ? -row : 0
  const south: usize = hasBelow ? (by + 1 < (height + 1) >> 1 ? row : 0) : north
  const at = pixels + <usize>(by * 2 * width + bx * 2) * 3
  const right: usize = hasRight ? 3 : 0
  const below: usize = hasBelow ? <usize>width * 3 : 0
  const r = levels(at, right, below)
  const g = levels(at + 1, right, below)
  const b = levels(at + 2, right, below)

  let luma = mix(r, g, b, 0.299, 0.587, 0.114)
  const smoothBlue = smooth(blue + block, west, east, north, south)
  const smoothRed = smooth(red + block, west, east, north, south)
  // Most pixels have the colour of their block, and need no correction.
  const offBlue = f32x4.sub(smoothBlue, f32x4.mul(f32x4.sub(b, luma), f32x4.splat(0.564334)))
  const offRed = f32x4.sub(smoothRed, f32x4.mul(f32x4.sub(r, luma), f32x4.splat(0.713267)))
  const off = f32x4.ge(f32x4.max(f32x4.abs(offBlue), f32x4.abs(offRed)), f32x4.splat(1.5))
  if (v128.any_true(off)) {
    const made = lumaFor(luma, brightness(at, right, below), smoothBlue, smoothRed)
    luma = v128.bitselect(made, luma, off)
  }

  const wantedBlue = load<f32>(blue + block)
  const wantedRed = load<f32>(red + block)
  let cb = wantedBlue
  let cr = wantedRed
  let part = room(luma, cb, cr)
  for (let round = 0; round < 4; round++) {
    const kept = sumOf(part)
    if (kept >= 3.99) break
    cb += wantedBlue - cb * kept * 0.25
    cr += wantedRed - cr * kept * 0.25
    part = room(luma, cb, cr)
  }
  const ownBlue = f32x4.mul(f32x4.splat(cb), part)
  const ownRed = f32x4.mul(f32x4.splat(cr), part)
  write(at, right, below, towards(r, f32x4.add(luma, f32x4.mul(f32x4.splat(1.402), ownRed)), strength))
  write(at + 1, right, below, towards(g, f32x4.add(luma, greenOf(ownBlue, ownRed)), strength))
  write(at + 2, right, below, towards(b, f32x4.add(luma, f32x4.mul(f32x4.splat(1.772), ownBlue)), strength))
}

/** Moves old levels by the share `strength` towards new ones, rounded to whole levels. */
function towards(was: v128, value: v128, strength: f32): v128 {
  const rounded = f32x4.min(f32x4.splat(255), f32x4.add(value, f32x4.splat(0.5)))
  const whole = f32x4.floor(f32x4.max(f32x4.splat(0), rounded))
  const way = f32x4.mul(f32x4.sub(whole, was), f32x4.splat(strength))
  return i32x4.trunc_sat_f32x4_s(f32x4.add(f32x4.add(was, way), f32x4.splat(0.5)))
}

function write(at: usize, right: usize, below: usize, levels: v128): void {
  store<u8>(at, i32x4.extract_lane(levels, 0))
  store<u8>(at + right, i32x4.extract_lane(levels, 1))
  store<u8>(at + below, i32x4.extract_lane(levels, 2))
  store<u8>(at + below + right, i32x4.extract_lane(levels, 3))
}
