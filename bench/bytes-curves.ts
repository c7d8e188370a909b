// What a picture weighs, and how it looks, at several qualities of an encoder: between them bytes are read at any score.
import { createReference, type Reference } from '../transforms/optimise/metric/index.ts'
import { from, type Pixels } from '../transforms/pixels/run.ts'
import { sharp } from '../transforms/pixels/sharp.ts'
import { encodedInColour } from '../transforms/render/in-colour.ts'

export type Format = 'jpeg' | 'webp' | 'avif'
export const formats: readonly Format[] = ['jpeg', 'webp', 'avif']

export interface Photo extends Pixels {
  readonly name: string
}

export type Encode = (photo: Photo, quality: number) => Promise<Uint8Array>

const lossy = (format: Format, quality: number) => ({ format, quality, lossless: false, progressive: false })

/** As a render encodes finished pixels. */
export const ours: Readonly<Record<Format, Encode>> = {
  jpeg: (photo, quality) => encodedInColour(photo, lossy('jpeg', quality)),
  webp: (photo, quality) => encodedInColour(photo, lossy('webp', quality)),
  avif: (photo, quality) => encodedInColour(photo, lossy('avif', quality)),
}

/** imgproxy's own defaults (4.0), by the libraries that both of us use. */
export const theirs: Readonly<Record<Format, Encode>> = {
  jpeg: (photo) => from(photo).jpeg({ quality: 80 }).toBuffer(),
  webp: (photo) => from(photo).webp({ quality: 79, effort: 4 }).toBuffer(),
  avif: (photo) => from(photo).avif({ quality: 63, effort: 1, chromaSubsampling: '4:2:0' }).toBuffer(),
}

/** What `q` is told on the scale of, and what writes animations and the largest pictures. */
export const plain: Readonly<Record<'jpeg' | 'webp', Encode>> = {
  jpeg: (photo, quality) => from(photo).jpeg({ quality }).toBuffer(),
  webp: (photo, quality) => from(photo).webp({ quality, effort: 2 }).toBuffer(),
}

export interface Point {
  /** The encoder's own. */
  readonly quality: number
  readonly bytes: number
  readonly score: number
}

export async function pointAt(photo: Photo, judge: Reference, encode: Encode, quality = 0): Promise<Point> {
  const body = await encode(photo, quality)
  const pixels = await sharp(body).removeAlpha().toColourspace('srgb').raw().toBuffer()
  return { quality, bytes: body.length, score: Number(judge.score(pixels).score.toFixed(3)) }
}

export const judgeOf = ({ data, width, height }: Photo): Reference =>
  createReference({ rgb: data, width, height })

/** Between the two points on either side of `score`; beyond the ends, on the line through the last two. */
export function atScore(points: readonly Point[], score: number): { bytes: number; quality: number } {
  const sorted = points.toSorted((a, b) => a.score - b.score)
  const next = sorted.findIndex((each) => each.score >= score)
  const above = next < 0 ? sorted.length - 1 : Math.max(1, next)
  const [a, b] = [sorted[above - 1], sorted[above]]
  if (!a || !b) throw new RangeError('a curve has two points at least')
  const part = (score - a.score) / Math.max(1e-6, b.score - a.score)
  return { bytes: a.bytes * (b.bytes / a.bytes) ** part, quality: a.quality + part * (b.quality - a.quality) }
}

/** Milliseconds of CPU in user mode, of all threads: the least of the rounds, which take turns. */
export async function userMs(tasks: readonly (() => Promise<unknown>)[], rounds: number): Promise<number[]> {
  const least = tasks.map(() => Number.POSITIVE_INFINITY)
  for (let round = 0; round < rounds; round++)
    for (const [n, task] of tasks.entries()) {
      const before = process.cpuUsage()
      await task()
      least[n] = Math.min(least[n] ?? 0, process.cpuUsage(before).user / 1000)
    }
  return least
}
