// How score follows quality on an average photograph, and how one probe bends that curve to the picture at hand.
import type { Chroma } from '../request.ts'

/** The settings of encoders. */
export type Way = JpegWay | 'webp' | 'avif'
export type JpegWay = `jpeg ${Chroma}`

/**
 * Mean score of 18 corpus pictures of 0.2 MP at the probe settings of encoders.ts, sharp 0.35.5. Only the shape counts:
 * the first probe sets the height.
 */
const curves: Readonly<Record<Way, readonly (readonly [quality: number, score: number])[]>> = {
  'jpeg 4:2:0': [
    [20, 27.6],
    [30, 44.4],
    [40, 53.9],
    [50, 60.1],
    [60, 64.5],
    [68, 69.1],
    [74, 73.1],
    [80, 76.3],
    [85, 79.1],
    [90, 83.1],
    [94, 86.4],
    [97, 89.5],
    [100, 92],
  ],
  // The means of its neighbours.
  'jpeg 4:2:2': [
    [20, 29.7],
    [30, 46.1],
    [40, 55.5],
    [50, 61.6],
    [60, 65.9],
    [68, 70.5],
    [74, 74.4],
    [80, 77.6],
    [85, 80.4],
    [90, 84.4],
    [94, 87.8],
    [97, 91.1],
    [100, 94.1],
  ],
  'jpeg 4:4:4': [
    [20, 31.6],
    [30, 47.8],
    [40, 57],
    [50, 63],
    [60, 67.3],
    [68, 71.8],
    [74, 75.6],
    [80, 78.8],
    [85, 81.6],
    [90, 85.6],
    [94, 89.2],
    [97, 92.6],
    [100, 96.1],
  ],
  webp: [
    [20, 42.1],
    [30, 50.8],
    [40, 57.6],
    [50, 62.3],
    [60, 66.6],
    [70, 70.3],
    [78, 74.7],
    [84, 80.3],
    [90, 85.5],
    [95, 89.6],
    [100, 91.6],
  ],
  avif: [
    [20, 26.6],
    [30, 41.4],
    [40, 56.3],
    [48, 65.1],
    [54, 71.2],
    [60, 76.7],
    [66, 79.5],
    [72, 83.3],
    [80, 86.1],
    [90, 90.4],
    [100, 95],
  ],
}

/**
 * A picture's difficulty from the bits that one of its pixels takes at quality 100 in 4:2:0: right to 11 % where the
 * average is right to 15 % (57 pictures of the corpus at two sizes).
 */
export const expectedDifficulty = (bitsPerPixel: number): number =>
  Math.min(2, Math.max(0.5, 0.664 * bitsPerPixel ** 0.212))

type Points = readonly (readonly [number, number])[]

export const scoreAt = (way: Way, quality: number): number => along(curves[way], quality)

/**
 * The quality at which a picture reaches `score`. Errors keep their proportion to the average picture's: one of
 * `difficulty` 1.2 is 1.2 times as far from 100 at every quality.
 */
export function qualityFor(way: Way, score: number, difficulty: number): number {
  const average = 100 - (100 - score) / difficulty
  return along(
    curves[way].map(([quality, mean]) => [mean, quality] as const),
    average,
  )
}

export const difficultyOf = (way: Way, { quality, score }: { quality: number; score: number }): number =>
  Math.max(0.05, (100 - score) / (100 - scoreAt(way, quality)))

/** Straight lines between the points, level beyond them. */
function along(points: Points, x: number): number {
  for (let i = 1; i < points.length; i++) {
    const [x0, y0] = points[i - 1] ?? [0, 0]
    const [x1, y1] = points[i] ?? [0, 0]
    if (x <= x1) return y0 + ((Math.max(x, x0) - x0) * (y1 - y0)) / (x1 - x0)
  }
  return points.at(-1)?.[1] ?? x
}
