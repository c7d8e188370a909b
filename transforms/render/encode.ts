// How each encoder is set for a first answer: what costs little CPU for its bytes, measured on 1 megapixel photographs.
import type { Sharp } from 'sharp'
import type { Encoding } from '../plan/plan.ts'
import { sharpWebpQuality } from '../quality.ts'

export interface Movement {
  /** Milliseconds of each frame. */
  readonly delay: number[]
  /** Times to play; 0 for ever. */
  readonly loop: number
}

/** What is known of the pixels. */
export interface Known {
  /** Of an animation; its frames stand below one another. */
  readonly movement?: Movement | undefined
  /** They show a drawing. */
  readonly drawn?: boolean
  /** PNG: each row is written as its difference from its neighbours, where that looks shorter. */
  readonly filtered?: boolean
  /** Colour at half its resolution would show, see colour-edges.ts. */
  readonly colourEdges?: boolean
}

export function encode(image: Sharp, encoding: Encoding, known: Known = {}): Sharp {
  if (encoding.format === 'jxl') throw new RangeError('JPEG XL is encoded from pixels, by jxl.ts')
  return encoders[encoding.format](image, encoding, known)
}

type Encoder = (image: Sharp, encoding: Encoding, known: Known) => Sharp

/** MozJPEG's number of a table that spends more on what is large and less on what is fine than the standard's. */
const klein = 5
/** Robidoux's table (3) has finer steps for colour: a tenth more bytes in drawings, none in photographs. */
const crisp = { chromaSubsampling: '4:4:4', quantisationTable: 3 } as const
/** At effort 1 AVIF has its tools for screens: half the bytes and a third of the loss in drawings, for three times the work. */
const screens = { chromaSubsampling: '4:4:4', effort: 1 } as const
/**
 * At effort 3 the same look takes 15 % fewer bytes, two points less of the quality, and ten times the CPU. Effort 4 would
 * take five times as much again for another 5 % (bench/results/avif-effort.json).
 */
const thoroughEffort = 3
const worthOfEffort = 2

const encoders: Readonly<Record<Exclude<Encoding['format'], 'jxl'>, Encoder>> = {
  // Optimised coding is free of loss, and Klein's table takes a tenth of the bytes off at the same look. Trellis and MozJPEG's
  // search for scans take another 2 % off, in six times as long.
  jpeg: (image, { quality = 80, progressive, fullColour, chroma }, { colourEdges }) =>
    image.jpeg({
      quality,
      progressive,
      optimiseCoding: true,
      quantisationTable: klein,
      ...(colourEdges && !chroma ? crisp : { chromaSubsampling: subsampling(fullColour, chroma) }),
    }),
  // Of films and the largest pictures only: see encode-still.ts. Effort 2 is nearly as small as 4 at half the cost;
  // smartSubsample costs four times as much.
  // Without loss effort 2 makes drawings up to ten times smaller than 0; of photographs it takes 6 % off in six times as long.
  webp: (image, { quality = 80, lossless }, { movement, drawn, colourEdges = false }) =>
    moving(
      image.webp(
        lossless
          ? { lossless, effort: drawn ? 2 : 0 }
          : { quality: sharpWebpQuality(quality), effort: 2, smartSubsample: colourEdges },
      ),
      most.webp,
      movement,
    ),
  // Effort 0 costs as much as WebP and is smaller; the default effort costs forty times as much: background work.
  avif: (image, { quality = 60, lossless, fullColour, chroma, thorough }, { colourEdges }) =>
    lossless
      ? image.avif({ lossless, effort: 0, chromaSubsampling: '4:4:4' })
      : image.avif({
          quality: thorough ? Math.max(1, quality - worthOfEffort) : quality,
          ...(colourEdges && chroma !== '420'
            ? screens
            : { effort: 0, chromaSubsampling: subsampling(fullColour, chroma) }),
          ...(thorough && { effort: thoroughEffort }),
        }),
  // Higher levels cost half as much again for 4 %.
  png: (image, { colours }, { filtered = true }) =>
    colours
      ? image.png({ palette: true, effort: 4, compressionLevel: 9 })
      : image.png({ compressionLevel: 6, adaptiveFiltering: filtered }),
  gif: (image, _encoding, { movement }) => moving(image.gif({ effort: 1 }), most.gif, movement),
}

/** What each format can hold: RFC 9649 2.7.1.1 has 24 bits of milliseconds, GIF89a 23 has 16 of hundredths of a second. */
const most = { webp: 2 ** 24 - 1, gif: (2 ** 16 - 1) * 10 } as const
/** 16 bits in both; more repetitions than that are for ever. */
const mostLoops = 2 ** 16 - 1

/** sharp itself allows no frame longer than 65 seconds and passes on what its options hold, so they are set past its check. */
function moving(image: Sharp, mostDelay: number, movement: Movement | undefined): Sharp {
  if (!movement) return image
  const { options } = image as Sharp & { readonly options: { delay: number[]; loop: number } }
  options.delay = movement.delay.map((each) => Math.min(each, mostDelay))
  options.loop = movement.loop > mostLoops ? 0 : movement.loop
  return image
}

const subsampling = (fullColour = false, chroma?: Encoding['chroma']): '4:2:0' | '4:4:4' =>
  (chroma ? chroma === '444' : fullColour) ? '4:4:4' : '4:2:0'

/** WebP without visible loss; effort 1 is as small as 2 at half the cost. */
export const nearLossless = (image: Sharp): Sharp =>
  image.webp({ nearLossless: true, quality: 60, effort: 1 })
