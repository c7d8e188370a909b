// TIFF 6.0: the first directory's fields, and how many directories (pages) there are.
import { Failure } from '../../errors.ts'
import type { Facts } from '../facts.ts'
import { broken } from './bytes.ts'
import { entryOf, openTiff, type TiffBlock } from './directories.ts'
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

export function identifyTiff(bytes: Uint8Array): Facts {
  const block = openTiff(bytes)
  if (block?.version === bigTiff)
    throw new Failure('source-unsupported', 'The source is a BigTIFF file, which we do not read.')
  const directory = block?.directoryAt(block.first)
  if (!block || !directory?.isWhole) throw broken('its header ends too early')
  const has = (tag: number) => entryOf(directory, tag) !== undefined
  const field = (tag: number): number | undefined => {
    const value = block.numberOf(entryOf(directory, tag))
    if (value === undefined && has(tag)) throw broken('a field of the TIFF lies outside the file')
    return value
  }
  const width = field(tags.width)
  const height = field(tags.height)
  if (!width || !height) throw broken('the TIFF does not say how large it is')
  return {
    format: 'tiff',
    width,
    height,
    orientation: validOrientation(field(tags.orientation) ?? 1),
    pages: countPages(block),
    animated: false,
    alpha: has(tags.extraSamples),
    progressive: false,
    icc: has(tags.icc),
    space: spaceOf(field(tags.photometric)),
    ...labOf(field(tags.photometric)),
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

/** CIELab and ICCLab (TIFF 6.0 section 23, Adobe's note of 2002). */
const labs: Readonly<Record<number, NonNullable<Facts['lab']>>> = { 8: 'signed', 9: 'offset' }

const labOf = (photometric = 2): Pick<Facts, 'lab'> => {
  const lab = labs[photometric]
  return lab ? { lab } : {}
}

const rgb = 2

/** A copy whose samples of Lab count as red, green and blue: the decoder refuses them with 8 bits, and takes another white with 16. */
export function withoutLab(bytes: Uint8Array): Uint8Array {
  const copy = Uint8Array.from(bytes)
  const block = openTiff(copy)
  for (const at of block ? directoriesOf(block) : []) {
    const entry = entryOf(block?.directoryAt(at), tags.photometric)
    const place = block?.little ? 0 : 1
    if (entry && labs[block?.numberOf(entry) ?? 0]) entry.value[place] = rgb
  }
  return copy
}

const countPages = (block: TiffBlock): number => Math.max(1, directoriesOf(block).size)

function directoriesOf(block: TiffBlock): ReadonlySet<number> {
  const seen = new Set<number>()
  // A loop of directories ends at the first one met again; one beyond the bytes given ends the count as well.
  for (let at = block.first; at !== 0 && !seen.has(at) && seen.size < mostPages; at = block.nextOf(at))
    if (block.holds(at)) seen.add(at)
    else break
  return seen
}
