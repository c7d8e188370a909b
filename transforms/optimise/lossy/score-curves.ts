// Predicts the score of a quality and the quality for a score: the curve of an average photograph, bent by one probe to
// the picture at hand.
import type { Chroma } from '../request.ts'

/** The encoder with the settings that change its curve. */
export type EncoderPreset = JpegPreset | 'webp' | 'avif'
/** The quantisation table is MozJPEG's default unless another is named. */
export type JpegPreset = `jpeg ${Chroma}` | `jpeg ${'4:2:0' | '4:4:4'} ${'klein' | 'mssim'}`

/** The qualities at which the curves were measured. */
const qualities = [20, 30, 40, 50, 60, 68, 74, 80, 85, 90, 94, 97, 100]

/**
 * Mean scores of 19 corpus pictures of 0.2 MP at the probe settings of encoders.ts, sharp 0.35.5. Only the shape counts:
 * the first probe of a picture sets the height.
 */
const meanScores: Readonly<Record<EncoderPreset, readonly number[]>> = {
  'jpeg 4:2:0': [27.7, 44.8, 54.3, 60.5, 65.1, 69.8, 73.8, 77.0, 79.9, 84.0, 87.5, 90.6, 93.3],
  'jpeg 4:2:0 klein': [38.2, 51.2, 58.2, 63.6, 68.2, 71.4, 74.5, 77.5, 80.5, 84.2, 87.7, 90.5, 93.3],
  'jpeg 4:2:0 mssim': [32.7, 48.0, 56.7, 62.4, 66.9, 70.9, 74.1, 77.6, 80.8, 84.8, 88.3, 91.2, 93.3],
  // Not measured: the mean of 4:2:0 and 4:4:4.
  'jpeg 4:2:2': [29.5, 46.3, 55.7, 61.8, 66.2, 70.8, 74.8, 78.0, 80.9, 85.0, 88.5, 91.7, 94.7],
  'jpeg 4:4:4': [31.4, 47.8, 57.1, 63.1, 67.4, 71.9, 75.8, 78.9, 81.9, 85.9, 89.4, 92.7, 96.1],
  'jpeg 4:4:4 klein': [41.7, 54.1, 60.9, 65.9, 70.5, 73.5, 76.6, 79.5, 82.5, 86.1, 89.6, 92.6, 96.1],
  'jpeg 4:4:4 mssim': [35.4, 50.6, 59.0, 64.9, 69.2, 73.3, 76.5, 80.1, 83.2, 87.1, 90.7, 93.6, 96.1],
  webp: [45.9, 54.4, 60.5, 65.2, 68.8, 72.0, 73.7, 78.8, 83.2, 86.9, 89.3, 90.4, 90.9],
  avif: [24.3, 40.0, 55.6, 68.6, 77.5, 82.9, 85.1, 87.9, 89.6, 92.7, 94.8, 96.0, 96.9],
}

/** The smallest useful step of quality. libwebp takes fractions, and a quarter changes the file of most pictures. */
export const qualityStep = (preset: EncoderPreset): number => (preset === 'webp' ? 0.25 : 1)

/** Whether the quality below makes the same file: of every four qualities of sharp's AVIF, two do. */
export const isSameAsBelow = (preset: EncoderPreset, quality: number): boolean =>
  preset === 'avif' && quality > 52 && quality % 4 === 1

const listPoints = (preset: EncoderPreset): Points =>
  qualities.map((quality, i) => [quality, meanScores[preset][i] ?? 100] as const)

/**
 * Estimates a picture's difficulty from its bits per pixel at quality 100 in 4:2:0. The estimate is right to 11 %; assuming
 * the average is right to 15 % (57 pictures of the corpus at two sizes).
 */
export const estimateDifficulty = (bitsPerPixel: number): number =>
  Math.min(2, Math.max(0.5, 0.664 * bitsPerPixel ** 0.212))

type Points = readonly (readonly [number, number])[]

export const predictScore = (preset: EncoderPreset, quality: number): number =>
  interpolate(listPoints(preset), quality)

/**
 * The quality at which a picture reaches `score`. Difficulty is a factor on the distance from 100: a picture of 1.2 is, at
 * every quality, 1.2 times as far from 100 as the average picture.
 */
export function predictQuality(preset: EncoderPreset, score: number, difficulty: number): number {
  const average = 100 - (100 - score) / difficulty
  return interpolate(
    listPoints(preset).map(([quality, mean]) => [mean, quality] as const),
    average,
  )
}

export const measureDifficulty = (
  preset: EncoderPreset,
  { quality, score }: { quality: number; score: number },
): number => Math.max(0.05, (100 - score) / (100 - predictScore(preset, quality)))

/** Linear between the points, constant beyond the first and the last. */
function interpolate(points: Points, x: number): number {
  for (let i = 1; i < points.length; i++) {
    const [x0, y0] = points[i - 1] ?? [0, 0]
    const [x1, y1] = points[i] ?? [0, 0]
    if (x <= x1) return y0 + ((Math.max(x, x0) - x0) * (y1 - y0)) / (x1 - x0)
  }
  return points.at(-1)?.[1] ?? x
}
