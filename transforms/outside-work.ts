// What it takes to open sources that other programs decode, or code of ours, and to write by one: part of the price in work.ts.
import { type Facts, isOfPlainPixels } from './facts.ts'

/** Milliseconds of CPU for a megapixel, its handing over counted; measured on Debian's programs, one by one. */
export const outsideRates = {
  program: 14, // one, begun and ended
  'read heic': 190,
  'read jxl': 60,
  'read jxl packed': 400, // with a profile or transparency, as a PNG
  'read jp2': 110,
  'read pdf': 90,
  'read film': 130,
  'seek film': 550, // from the last picture that stands alone up to the moment
  'read avif film': 320,
  'read png film': 30,
  'read psd': 25,
  'read other': 65,
  'write jxl': 33,
  'write jxl lossless': 400,
} as const

type Name = keyof typeof outsideRates

interface Amounts {
  /** Megapixels of all frames together. */
  readonly pixels: number
  readonly frames: number
  /** Frames in front of those, which have to be decoded as well where each is laid upon the last. */
  readonly before: number
  /** The moment of a film. */
  readonly time: number | undefined
}

type Work = readonly (readonly [Name, number])[]

/** Beside what a reader of sharp's takes; empty where that is all. */
export function outsideWork(facts: Facts, { pixels, frames, before, time = 0 }: Amounts): Work {
  const all = (pixels * (before + frames)) / frames
  const program = ['program', 1] as const
  switch (facts.format) {
    case 'heic':
    case 'jp2':
    case 'pdf':
      return [program, [`read ${facts.format}`, pixels]]
    case 'jxl':
      return [program, [isOfPlainPixels(facts) ? 'read jxl' : 'read jxl packed', pixels]]
    case 'mp4':
    case 'webm':
      return [program, ['read film', pixels], ...(time > 0 ? ([['seek film', pixels]] as const) : [])]
    case 'avif':
      return before + frames > 1 ? [program, ['read avif film', all]] : []
    case 'png':
      return before + frames > 1 ? [['read png film', all]] : []
    case 'psd':
      return [['read psd', pixels]]
    case 'bmp':
    case 'ico':
      return [['read other', pixels]]
    default:
      return []
  }
}
