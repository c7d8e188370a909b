// From one set of primaries to another, as a matrix of light (SMPTE RP 177), white adapted by Bradford's method. Pure.
import type { Primaries } from '../facts.ts'

/** Row by row. */
export type Matrix = readonly [number, number, number, number, number, number, number, number, number]
export type Vector = readonly [number, number, number]

const bradford: Matrix = [0.8951, 0.2664, -0.1614, -0.7502, 1.7135, 0.0367, 0.0389, -0.0685, 1.0296]

/** What turns light of some primaries into light of others; white stays white. */
export const toPrimaries = (from: Primaries, to: Primaries): Matrix =>
  times(fromXyz(to, whiteOf(from)), toXyz(from))

/** What turns XYZ under this white into light of these primaries. */
export const fromXyz = (to: Primaries, white: Vector): Matrix =>
  times(inverse(toXyz(to)), adaptation(white, whiteOf(to)))

/** How much each channel adds to luminance. */
export function luminanceOf(primaries: Primaries): Vector {
  const [, , , r, g, b] = toXyz(primaries)
  return [r, g, b]
}

const xyz = (x: number, y: number): Vector => [x / y, 1, (1 - x - y) / y]

const whiteOf = (primaries: Primaries): Vector => xyz(primaries[6], primaries[7])

/** Each primary in the amount with which all three together are white. */
function toXyz(primaries: Primaries): Matrix {
  const [xr, yr, xg, yg, xb, yb] = primaries
  const [r, g, b] = [xyz(xr, yr), xyz(xg, yg), xyz(xb, yb)]
  const columns: Matrix = [r[0], g[0], b[0], r[1], g[1], b[1], r[2], g[2], b[2]]
  const [s, t, u] = apply(inverse(columns), whiteOf(primaries))
  return times(columns, [s, 0, 0, 0, t, 0, 0, 0, u])
}

function adaptation(from: Vector, to: Vector): Matrix {
  const [a, b] = [apply(bradford, from), apply(bradford, to)]
  const scale: Matrix = [b[0] / a[0], 0, 0, 0, b[1] / a[1], 0, 0, 0, b[2] / a[2]]
  return times(inverse(bradford), times(scale, bradford))
}

function apply([a, b, c, d, e, f, g, h, i]: Matrix, [x, y, z]: Vector): Vector {
  return [a * x + b * y + c * z, d * x + e * y + f * z, g * x + h * y + i * z]
}

function times(m: Matrix, [a, b, c, d, e, f, g, h, i]: Matrix): Matrix {
  const columns = [apply(m, [a, d, g]), apply(m, [b, e, h]), apply(m, [c, f, i])] as const
  const [x, y, z] = columns
  return [x[0], y[0], z[0], x[1], y[1], z[1], x[2], y[2], z[2]]
}

function inverse([a, b, c, d, e, f, g, h, i]: Matrix): Matrix {
  const determinant = a * (e * i - f * h) - b * (d * i - f * g) + c * (d * h - e * g)
  const cofactors = [
    ...[e * i - f * h, c * h - b * i, b * f - c * e],
    ...[f * g - d * i, a * i - c * g, c * d - a * f],
    ...[d * h - e * g, b * g - a * h, a * e - b * d],
  ]
  return cofactors.map((value) => value / determinant) as unknown as Matrix
}
