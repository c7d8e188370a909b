// @ts-nocheck AssemblyScript, not TypeScript: between levels of sRGB and linear light, by tables, four lanes at a time.

/** Linear light of the levels from -1 to 258, and the level of each of 4096 steps of linear light. */
const linears = memory.data(1040, 16)
const linearOf = linears + 4
const levelOf = memory.data(16388, 16)

export function linearTable(): usize {
  return linears
}
export function levelTable(): usize {
  return levelOf
}

export function level(light: v128): v128 {
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

/** Linear light of the level at an address. */
function lightAt(at: usize): f32 {
  return load<f32>(linearOf + ((<usize>load<u8>(at)) << 2))
}

/** A pixel's red, green and blue in linear light. */
export function lights(at: usize): v128 {
  return f32x4(lightAt(at), lightAt(at + 1), lightAt(at + 2), 0)
}

export function mix(r: v128, g: v128, b: v128, kr: f32, kg: f32, kb: f32): v128 {
  const rg = f32x4.add(f32x4.mul(r, f32x4.splat(kr)), f32x4.mul(g, f32x4.splat(kg)))
  return f32x4.add(rg, f32x4.mul(b, f32x4.splat(kb)))
}

/** The luminance of the four pixels. */
export function brightness(at: usize, right: usize, below: usize): v128 {
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

/** Luminance so far, and its slope for one level of luma; `shine` adds a channel to both. */
export let now: v128 = i32x4.splat(0)
export let slope: v128 = i32x4.splat(0)

/** Sets both to zero, before the channels are added. */
export function dark(): void {
  now = f32x4.splat(0)
  slope = f32x4.splat(0)
}

export function shine(level: v128, weight: f32): void {
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
