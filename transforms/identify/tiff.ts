// TIFF 6.0: the first directory's fields, and how many directories (pages) there are.
import { Failure } from '../../errors.ts'
import type { Facts } from '../facts.ts'
import { broken, has, u16be, u16le, u32be, u32le } from './bytes.ts'
import { validOrientation } from './exif.ts'

const bigTiff = 43
const tags = {
  width: 256,
  height: 257,
  bits: 258,
  photometric: 262,
  orientation: 274,
  extraSamples: 338,
  icc: 34675,
} as const
/** Each page costs libtiff a look, so their number is bounded like frames are. */
const mostPages = 10_000

interface Reader {
  readonly u16: (at: number) => number
  readonly u32: (at: number) => number
}

export function identifyTiff(bytes: Uint8Array): Facts {
  const little = has(bytes, 0, 'II')
  const reader: Reader = {
    u16: (at) => (little ? u16le : u16be)(bytes, at),
    u32: (at) => (little ? u32le : u32be)(bytes, at),
  }
  if (reader.u16(2) === bigTiff)
    throw new Failure('source-unsupported', 'The source is a BigTIFF file, which we do not read.')
  const first = reader.u32(4)
  const field = fields(reader, first)
  const width = field(tags.width)
  const height = field(tags.height)
  if (!width || !height) throw broken('the TIFF does not say how large it is')
  return {
    format: 'tiff',
    width,
    height,
    orientation: validOrientation(field(tags.orientation) ?? 1),
    pages: countPages(reader, first, bytes.length),
    animated: false,
    alpha: field(tags.extraSamples) !== undefined,
    progressive: false,
    icc: field(tags.icc) !== undefined,
    space: spaceOf(field(tags.photometric)),
    depth: Math.min(16, field(tags.bits) ?? 1),
    scans: 1,
    bytes: bytes.length,
  }
}

/** PhotometricInterpretation (TIFF 6.0 section 8): 0 and 1 gray, 3 palette, 5 separated. */
function spaceOf(photometric: number | undefined): Facts['space'] {
  if (photometric === 3) return 'palette'
  if (photometric === 5) return 'cmyk'
  return photometric === 0 || photometric === 1 ? 'gray' : 'rgb'
}

/** Looks up a tag's first value in one directory; values of SHORT (3) and LONG (4) fit into the entry or are pointed to. */
function fields(reader: Reader, directory: number): (tag: number) => number | undefined {
  const entries = reader.u16(directory)
  return (tag) => {
    for (let i = 0; i < entries; i++) {
      const entry = directory + 2 + i * 12
      if (reader.u16(entry) !== tag) continue
      return firstValue(reader, entry)
    }
    return undefined
  }
}

function firstValue(reader: Reader, entry: number): number {
  const short = reader.u16(entry + 2) === 3
  const fits = reader.u32(entry + 4) <= (short ? 2 : 1)
  const at = fits ? entry + 8 : reader.u32(entry + 8)
  return short ? reader.u16(at) : fits ? reader.u32(at) : at
}

function countPages(reader: Reader, first: number, length: number): number {
  const seen = new Set<number>()
  let at = first
  // A loop of directories ends at the first one met again; one beyond the bytes given ends the count as well.
  while (at !== 0 && at + 2 <= length && !seen.has(at) && seen.size < mostPages) {
    seen.add(at)
    const next = at + 2 + reader.u16(at) * 12
    if (next + 4 > length) break
    at = reader.u32(next)
  }
  return Math.max(1, seen.size)
}
