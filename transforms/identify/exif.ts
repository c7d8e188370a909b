// The orientation and the sub-directories of an EXIF block (EXIF 3.0 section 4.5). Anything odd means upright, or none.
import { has } from './bytes.ts'
import { type Directory, entryOf, openTiff, type TiffBlock, types } from './directories.ts'

export const tags = { orientation: 0x0112, exif: 0x8769, gps: 0x8825 } as const

export interface Exif {
  readonly block: TiffBlock
  readonly main: Directory
  /** What the camera says of the moment: dates, settings. */
  readonly exif: Directory | undefined
  readonly gps: Directory | undefined
}

/** TIFF 6.0 section 2. libexif reads nothing of a block with another number. */
const version = 42

/** `tiff` begins at the byte-order mark. Undefined where there is no first directory. Never throws. */
export function readExif(tiff: Uint8Array): Exif | undefined {
  const block = openTiff(tiff)
  const main = block?.directoryAt(block.first)
  if (block?.version !== version || !main) return undefined
  const below = (tag: number): Directory | undefined => {
    const place = block.numberOf(entryOf(main, tag))
    return place === undefined ? undefined : block.directoryAt(place)
  }
  return { block, main, exif: below(tags.exif), gps: below(tags.gps) }
}

/** Browsers and libexif show a picture as stored where its block is odd. Never throws. */
export function orientationOf(tiff: Uint8Array): number {
  const block = openTiff(tiff)
  if (block?.version !== version) return 1
  const entry = entryOf(block.directoryAt(block.first), tags.orientation)
  return entry?.type === types.short ? validOrientation(block.numberOf(entry) ?? 1) : 1
}

export const validOrientation = (value: number): number => (value >= 1 && value <= 8 ? value : 1)

/** An EXIF block may or may not open with "Exif\0\0": JPEG must have it, some WebP writers add it. */
export function withoutMark(exif: Uint8Array): Uint8Array {
  return has(exif, 0, 'Exif\0\0') ? exif.subarray(6) : exif
}
