// @ts-nocheck AssemblyScript, not TypeScript: pixels to linear light, to XYB made positive, halved for the next scale.
import { at, heights, lights, linearOf, pixels, rows, scales, strides, wanted, widths } from './planes.as'

export function readPixels(target: usize): void {
  const w = at(widths, 0)
  const h = at(heights, 0)
  const plane = <usize>(w + 12) * 4
  for (let y = 0; y < h; y += 2) {
    lightRow(y, rows, plane)
    xybRow(0, y, rows, plane, target)
    const second = y + 1 < h ? rows + plane * 3 : rows
    if (y + 1 < h) {
      lightRow(y + 1, second, plane)
      xybRow(0, y + 1, second, plane, target)
    }
    if (at(widths, 1)) halve(1, y >> 1, rows, second, plane)
  }
  for (let s = 1; s < scales; s++) if (at(widths, s)) readLight(s, target)
}

function readLight(s: i32, target: usize): void {
  const h = at(heights, s)
  const row = <usize>at(strides, s) * 4
  const plane = row * h
  for (let y = 0; y < h; y += 2) {
    const first = <usize>at(lights, s) + row * y
    const second = y + 1 < h ? first + row : first
    xybRow(s, y, first, plane, target)
    if (y + 1 < h) xybRow(s, y + 1, second, plane, target)
    if (s + 1 < scales && at(widths, s + 1)) halve(s + 1, y >> 1, first, second, plane)
  }
}

function lightRow(y: i32, out: usize, plane: usize): void {
  const w = at(widths, 0)
  let from = pixels + <usize>y * w * 3
  for (let x = 0; x < w; x++, from += 3, out += 4) {
    store<f32>(out, load<f32>(linearOf + ((<usize>load<u8>(from)) << 2)))
    store<f32>(out + plane, load<f32>(linearOf + ((<usize>load<u8>(from, 1)) << 2)))
    store<f32>(out + plane * 2, load<f32>(linearOf + ((<usize>load<u8>(from, 2)) << 2)))
  }
  // An odd last column is halved with itself.
  store<f32>(out, load<f32>(out - 4))
  store<f32>(out + plane, load<f32>(out + plane - 4))
  store<f32>(out + plane * 2, load<f32>(out + plane * 2 - 4))
}

function halve(s: i32, y: i32, first: usize, second: usize, plane: usize): void {
  const w = at(widths, s)
  const row = <usize>at(strides, s) * 4
  const quarter = f32x4.splat(0.25)
  for (let c = 0; c < 3; c++) {
    const out = <usize>at(lights, s) + row * at(heights, s) * c + row * y
    const a = first + plane * c
    const b = second + plane * c
    for (let x = 0; x < w; x += 4) {
      const i = (<usize>x) << 3
      const left = f32x4.add(v128.load(a + i), v128.load(b + i))
      const right = f32x4.add(v128.load(a + i, 16), v128.load(b + i, 16))
      const even = v128.shuffle<f32>(left, right, 0, 2, 4, 6)
      const odd = v128.shuffle<f32>(left, right, 1, 3, 5, 7)
      v128.store(out + ((<usize>x) << 2), f32x4.mul(f32x4.add(even, odd), quarter))
    }
    store<f32>(out + ((<usize>w) << 2), load<f32>(out + ((<usize>w) << 2) - 4))
  }
}

/** Two steps of Halley from a guess within 5 %: exact to the last bits of a 32-bit float. */
function cubeRoot(x: v128): v128 {
  const third = f32x4.mul(f32x4.convert_i32x4_s(x), f32x4.splat(0.33333334))
  let y = i32x4.add(i32x4.trunc_sat_f32x4_s(third), i32x4.splat(709921077))
  const xx = f32x4.add(x, x)
  for (let i = 0; i < 2; i++) {
    const cube = f32x4.mul(f32x4.mul(y, y), y)
    y = f32x4.mul(y, f32x4.div(f32x4.add(cube, xx), f32x4.add(f32x4.add(cube, cube), x)))
  }
  return y
}

function mix(r: v128, g: v128, b: v128, kr: f32, kg: f32, kb: f32): v128 {
  const rg = f32x4.add(f32x4.mul(r, f32x4.splat(kr)), f32x4.mul(g, f32x4.splat(kg)))
  const all = f32x4.add(f32x4.add(rg, f32x4.mul(b, f32x4.splat(kb))), f32x4.splat(0.0037930732552754493))
  return f32x4.sub(cubeRoot(all), f32x4.splat(0.15595420054924863))
}

function xybRow(s: i32, y: i32, from: usize, plane: usize, target: usize): void {
  const w = at(widths, s)
  const p = s * 3
  const offset = <usize>at(strides, s) * 4 * y + 16
  const outX = at(wanted, p) ? <usize>at(target, p) + offset : 0
  const outY = at(wanted, p + 1) ? <usize>at(target, p + 1) + offset : 0
  const outB = at(wanted, p + 2) ? <usize>at(target, p + 2) + offset : 0
  if (!outX && !outY && !outB) return
  const half = f32x4.splat(0.5)
  for (let x = 0; x < w; x += 4) {
    const i = (<usize>x) << 2
    const r = v128.load(from + i)
    const g = v128.load(from + plane + i)
    const b = v128.load(from + plane * 2 + i)
    const l = mix(r, g, b, 0.3, 0.622, 0.078)
    const m = mix(r, g, b, 0.23, 0.692, 0.078)
    const luma = f32x4.mul(f32x4.add(l, m), half)
    if (outX) v128.store(outX + i, f32x4.add(f32x4.mul(f32x4.sub(l, m), f32x4.splat(7)), f32x4.splat(0.42)))
    if (outY) v128.store(outY + i, f32x4.add(luma, f32x4.splat(0.01)))
    if (outB) {
      const short = mix(r, g, b, 0.24342268924547819, 0.20476744424496821, 0.551809866509554)
      v128.store(outB + i, f32x4.add(f32x4.sub(short, luma), f32x4.splat(0.55)))
    }
  }
  // The last vector may have run over the edge, where the blur must find zeros.
  const zero = f32x4.splat(0)
  if (outX) v128.store(outX + ((<usize>w) << 2), zero)
  if (outY) v128.store(outY + ((<usize>w) << 2), zero)
  if (outB) v128.store(outB + ((<usize>w) << 2), zero)
}
