// Our own SSIMULACRA2 (2.1): how alike two pictures look, in points up to 100, for the whole and for tiles of 128 pixels.
import { Failure } from '../../../errors.ts'
import { borrowKernel, type Kernel, returnKernel } from './kernel.ts'
import { cutStrips, defaultStripPixels, type Strip } from './strips.ts'
import { combineTiles, readTiles, type Score } from './tile-scores.ts'
import { allPlanes, heavyPlanes } from './weights.ts'

export type { Score } from './tile-scores.ts'

/** Three channels of eight bits, sRGB, row by row. */
export interface Pixels {
  readonly rgb: Uint8Array
  readonly width: number
  readonly height: number
}

export interface Reference {
  /** Scores how much `rgb`, of the same size, looks like the reference. */
  score(rgb: Uint8Array): Score
  /** Gives the memory to the next picture. The reference may not be used again. */
  release(): void
}

/** The blur's window needs some pixels. A smaller picture is not worth a search either. */
export const smallestSide = 8

export interface CompareOptions {
  /**
   * 'all' also counts the planes with little weight, of the whole picture at once: only to show how little they change.
   */
  readonly terms?: 'heavy' | 'all'
  /** Larger pictures are compared in strips of so many pixels. */
  readonly stripPixels?: number
}

export function createReference(pixels: Pixels, how: CompareOptions = {}): Reference {
  const { rgb, width, height } = pixels
  if (width < smallestSide || height < smallestSide || rgb.length !== width * height * 3)
    throw new Failure('internal', 'These pixels cannot be compared.')
  const all = how.terms === 'all'
  const mask = all ? allPlanes : heavyPlanes
  const strips = cutStrips(width, height, all ? Infinity : (how.stripPixels ?? defaultStripPixels))
  const kernel = borrowKernel()
  const describe = (strip: Strip) => {
    if (!kernel.prepare(width, strip.bottom - strip.top, mask))
      throw new Failure('too-costly', 'The picture is too large.')
    write(kernel, rgb, width, strip)
    kernel.reference()
  }
  // One strip's reference is paid once; of several, each takes the memory of the one before.
  const held = strips.length === 1
  if (held) for (const strip of strips) describe(strip)

  return {
    score(other) {
      const tiles = strips.flatMap((strip) => {
        if (!held) describe(strip)
        write(kernel, other, width, strip)
        kernel.candidate(strip.from - strip.top, strip.to - strip.top)
        return readTiles(kernel, width, strip, mask)
      })
      return combineTiles(tiles)
    },
    release: () => returnKernel(kernel),
  }
}

function write(kernel: Kernel, rgb: Uint8Array, width: number, { top, bottom }: Strip): void {
  const part = rgb.subarray(top * width * 3, bottom * width * 3)
  new Uint8Array(kernel.memory.buffer, kernel.pixelsAt(), part.length).set(part)
}
