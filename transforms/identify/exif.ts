// The one thing we take from EXIF: the orientation in the first directory. Anything odd means upright.
import { has, u16be, u16le, u32be, u32le } from './bytes.ts'

const orientationTag = 0x0112
const short = 3

/** `tiff` begins at the byte-order mark ("II" or "MM", TIFF 6.0 section 2). Never throws. */
export function orientationOf(tiff: Uint8Array): number {
  try {
    return readOrientation(tiff)
  } catch {
    return 1 // offsets outside the block: browsers and libexif show such a picture as stored
  }
}

function readOrientation(tiff: Uint8Array): number {
  const little = has(tiff, 0, 'II')
  if (!little && !has(tiff, 0, 'MM')) return 1
  const u16 = little ? u16le : u16be
  const directory = (little ? u32le : u32be)(tiff, 4)
  const entries = u16(tiff, directory)
  for (let i = 0; i < entries; i++) {
    const entry = directory + 2 + i * 12
    if (u16(tiff, entry) !== orientationTag) continue
    return u16(tiff, entry + 2) === short ? validOrientation(u16(tiff, entry + 8)) : 1
  }
  return 1
}

export const validOrientation = (value: number): number => (value >= 1 && value <= 8 ? value : 1)

/** An EXIF block may or may not open with "Exif\0\0": JPEG must have it, some WebP writers add it. */
export function withoutMark(exif: Uint8Array): Uint8Array {
  return has(exif, 0, 'Exif\0\0') ? exif.subarray(6) : exif
}
