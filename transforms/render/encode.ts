// How each encoder is set for a first answer: what costs little CPU for its bytes, measured on 1 megapixel photographs.
import type { Sharp } from 'sharp'
import type { Encoding } from '../plan/plan.ts'

/** From here on viewers expect crisp red edges, and pay for them: colour at full resolution. */
const fullColourFrom = 90

export interface Movement {
  /** Milliseconds of each frame. */
  readonly delay: number[]
  /** Times to play; 0 for ever. */
  readonly loop: number
}

/** `movement` for an animation; its frames stand below one another. */
export function encode(image: Sharp, encoding: Encoding, movement?: Movement): Sharp {
  return encoders[encoding.format](image, encoding, movement)
}

type Encoder = (image: Sharp, encoding: Encoding, movement: Movement | undefined) => Sharp

const encoders: Readonly<Record<Encoding['format'], Encoder>> = {
  // Optimised coding is free of loss; trellis and mozjpeg's tables cost seven times as much for 5 % at equal quality.
  jpeg: (image, { quality = 80, progressive }) =>
    image.jpeg({ quality, progressive, optimiseCoding: true, chromaSubsampling: colour(quality) }),
  // Effort 2 is nearly as small as 4 at less than half the cost; smartSubsample would cost four times as much.
  webp: (image, { quality = 80, lossless }, movement) =>
    image.webp({ ...(lossless ? { lossless, effort: 0 } : { quality, effort: 2 }), ...movement }),
  // Effort 0 costs as much as WebP and is smaller; the default effort costs forty times as much: background work.
  avif: (image, { quality = 60, lossless }) =>
    lossless
      ? image.avif({ lossless, effort: 0, chromaSubsampling: '4:4:4' })
      : image.avif({ quality, effort: 0, chromaSubsampling: colour(quality) }),
  // Higher levels cost half as much again for 4 %; filters help photographs only, and those have better formats.
  png: (image) => image.png({ compressionLevel: 6 }),
  gif: (image, _encoding, movement) => image.gif({ effort: 1, ...movement }),
}

const colour = (quality: number): '4:2:0' | '4:4:4' => (quality >= fullColourFrom ? '4:4:4' : '4:2:0')
