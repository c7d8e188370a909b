// @ts-nocheck AssemblyScript, not TypeScript: RGB for 4:2:0 JPEG such that luminance survives the averaging of colour.
// Rebuild: npx asc transforms/optimise/lossy/precondition.as.ts -o transforms/optimise/lossy/precondition.wasm -O3 --noAssert --runtime stub --enable simd
//
// The four lanes of a vector are the four pixels of a block of 2 by 2, row by row.

/** Linear light of the levels from -1 to 258, and the level of each of 4096 steps of linear light. */
const linears = memory.data(1040, 16)
const linearOf = linears + 4
const levelOf = memory.data(16388, 16)

let pixels: usize = 0
let blue: usize = 0
let red: usize = 0

export function linearTable(): usize {
  return linears
}
export function levelTable(): usize {
  return levelOf
}

/** Lays out a picture; where its pixels go, and come back; 0 where memory cannot hold it. */
export function prepare(width: i32, height: i32): usize {
  const blocks = <usize>((width + 1) >> 1) * ((height + 1) >> 1) * 4
  pixels = (__heap_base + 15) & ~15
  blue = (pixels + <usize>width * height * 3 + 15) & ~15
  red = blue + blocks
  const missing = <i64>(red + blocks) - ((<i64>memory.size()) << 16)
  if (missing > 0 && memory.grow(<i32>((missing + 65535) >> 16)) < 0) return 0
  return pixels
}

/** Goes the part `strength` of the way. */
export function run(width: i32, height: i32, strength: f32): void {
  average(width, height)
  for (let y = 0; y < (height + 1) >> 1; y++)
    for (let x = 0; x < (width + 1) >> 1; x++) correct(x, y, width, height, strength)
}

function level(light: v128): v128 {
  // Steps are even in the square root: dark levels lie close together in linear light.
  const steps = f32x4.mul(f32x4.sqrt(light), f32x4.splat(4096))
  const at = f32x4.max(f32x4.splat(0), f32x4.min(f32x4.splat(4096), steps))
  const low = i32x4.min_s(i32x4.trunc_sat_f32x4_s(at), i32x4.splat(4095))
  const part = f32x4.sub(at, f32x4.convert_i32x4_s(low))
  const entries = i32x4.shl(low, 2)
  const r = v128.load64_zero(levelOf + <usize>i32x4.extract_lane(entries, 0))
  const g = v128.load64_zero(levelOf + <usize>i32x4.extract_lane(entries, 1))
  const b = v128.load64_zero(levelOf + <usize>i32x4.extract_lane(entries, 2))
  const rg = v128.shuffle<f32>(r, g, 0, 4, 1, 5)
  const first = v128.shuffle<f32>(rg, b, 0, 1, 4, 4)
  const next = v128.shuffle<f32>(rg, b, 2, 3, 5, 5)
  return f32x4.add(first, f32x4.mul(f32x4.sub(next, first), part))
}

/** Linear light of the level that stands at an address. */
function lightAt(at: usize): f32 {
  return load<f32>(linearOf + ((<usize>load<u8>(at)) << 2))
}

/** A pixel's red, green and blue in linear light. */
function lights(at: usize): v128 {
  return f32x4(lightAt(at), lightAt(at + 1), lightAt(at + 2), 0)
}

/** The chroma of each block: that of its mean in linear light. */
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

/** What a decoder makes of the blocks around each pixel: weights 9, 3, 3, 1 (libjpeg's "fancy" upsampling). */
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

function mix(r: v128, g: v128, b: v128, kr: f32, kg: f32, kb: f32): v128 {
  const rg = f32x4.add(f32x4.mul(r, f32x4.splat(kr)), f32x4.mul(g, f32x4.splat(kg)))
  return f32x4.add(rg, f32x4.mul(b, f32x4.splat(kb)))
}

/** What luminance a luma gets from one channel, and how much more from the next level. */
let now: v128 = i32x4.splat(0)
let slope: v128 = i32x4.splat(0)

function shine(level: v128, weight: f32): void {
  const at = f32x4.max(f32x4.splat(-1), f32x4.min(f32x4.splat(255), level))
  const low = f32x4.floor(at)
  const part = f32x4.sub(at, low)
  const entries = i32x4.shl(i32x4.trunc_sat_f32x4_s(low), 2)
  const a = v128.load(linearOf + <usize>i32x4.extract_lane(entries, 0))
  const b = v128.load(linearOf + <usize>i32x4.extract_lane(entries, 1))
  const c = v128.load(linearOf + <usize>i32x4.extract_lane(entries, 2))
  const d = v128.load(linearOf + <usize>i32x4.extract_lane(entries, 3))
  const ab = v128.shuffle<f32>(a, b, 0, 4, 1, 5)
  const cd = v128.shuffle<f32>(c, d, 0, 4, 1, 5)
  const first = v128.shuffle<f32>(ab, cd, 0, 1, 4, 5)
  const second = v128.shuffle<f32>(ab, cd, 2, 3, 6, 7)
  const third = v128.shuffle<f32>(
    v128.shuffle<f32>(a, b, 2, 6, 2, 6),
    v128.shuffle<f32>(c, d, 2, 6, 2, 6),
    0,
    1,
    4,
    5,
  )
  const here = f32x4.add(first, f32x4.mul(f32x4.sub(second, first), part))
  const there = f32x4.add(second, f32x4.mul(f32x4.sub(third, second), part))
  now = f32x4.add(now, f32x4.mul(here, f32x4.splat(weight)))
  slope = f32x4.add(slope, f32x4.mul(f32x4.sub(there, here), f32x4.splat(weight)))
}

/** What chroma adds to green. */
function greenOf(cb: v128, cr: v128): v128 {
  return f32x4.add(f32x4.mul(f32x4.splat(-0.344136), cb), f32x4.mul(f32x4.splat(-0.714136), cr))
}

/** The luma with which each decoded pixel is as bright as the original: two steps of Newton. */
function lumaFor(plain: v128, wanted: v128, cb: v128, cr: v128): v128 {
  const r = f32x4.mul(f32x4.splat(1.402), cr)
  const g = greenOf(cb, cr)
  const b = f32x4.mul(f32x4.splat(1.772), cb)
  let luma = plain
  for (let i = 0; i < 2; i++) {
    now = f32x4.splat(0)
    slope = f32x4.splat(0)
    shine(f32x4.add(luma, r), 0.2126)
    shine(f32x4.add(luma, g), 0.7152)
    shine(f32x4.add(luma, b), 0.0722)
    const step = f32x4.div(f32x4.sub(wanted, now), slope)
    const short = f32x4.max(f32x4.splat(-24), f32x4.min(f32x4.splat(24), step))
    luma = f32x4.add(luma, v128.and(short, f32x4.ge(slope, f32x4.splat(0.00001))))
  }
  return f32x4.max(f32x4.splat(0), f32x4.min(f32x4.splat(255), luma))
}

/** How much of what chroma adds to a channel, from 0 to 1, exists at each luma. */
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

/** The luminance of the four pixels. */
function brightness(at: usize, right: usize, below: usize): v128 {
  const a = lights(at)
  const b = lights(at + right)
  const c = lights(at + below)
  const d = lights(at + below + right)
  const reds = v128.shuffle<f32>(
    v128.shuffle<f32>(a, b, 0, 4, 0, 4),
    v128.shuffle<f32>(c, d, 0, 4, 0, 4),
    0,
    1,
    4,
    5,
  )
  const greens = v128.shuffle<f32>(
    v128.shuffle<f32>(a, b, 1, 5, 1, 5),
    v128.shuffle<f32>(c, d, 1, 5, 1, 5),
    0,
    1,
    4,
    5,
  )
  const blues = v128.shuffle<f32>(
    v128.shuffle<f32>(a, b, 2, 6, 2, 6),
    v128.shuffle<f32>(c, d, 2, 6, 2, 6),
    0,
    1,
    4,
    5,
  )
  return mix(reds, greens, blues, 0.2126, 0.7152, 0.0722)
}

/**
 * Gives the pixels of a block its chroma and their own luma. Where a colour does not exist (white with some red), it
 * loses chroma and keeps luma, and what is lost goes to the block's other pixels.
 */
function correct(bx: i32, by: i32, width: i32, height: i32, strength: f32): void {
  const across = (width + 1) >> 1
  const block = (<usize>(by * across + bx)) << 2
  // Beyond the last column or row of an odd size stands the pixel before it once more.
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
  // Most pixels have their block's colour: nothing to make up for.
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

/** From levels as they were, the part `strength` of the way to whole levels. */
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
