// Builds a small EXIF block from the wanted entries of the source. Thumbnails, maker's notes and the rest are left out.
import { type Directory, type Entry, isWhole, types } from '../identify/directories.ts'
import { readExif, tags } from '../identify/exif.ts'
import type { Keep } from './request.ts'

/** The tags of each kind of metadata (EXIF 3.0 section 4.6). Times of day and their zones belong to the date. */
const keptTags: Readonly<Record<'date' | 'copyright', readonly number[]>> = {
  date: [0x0132, 0x9003, 0x9004, 0x9010, 0x9011, 0x9012, 0x9290, 0x9291, 0x9292],
  copyright: [0x013b, 0x8298],
}
const mostEntries = 500
const mostValueBytes = 10_000
/** A segment of a JPEG holds no more (T.81 B.1.1.4). Entries that share their bytes in the source could exceed it. */
const mostBytes = 65_000

export interface ExifSelection {
  readonly keep: readonly Keep[]
  /** The orientation to write, 1 to 8; 1 where the stored pixels are upright. */
  readonly orientation: number
}

/** The TIFF block to write; undefined when no entry is wanted and the picture is upright. */
export function buildExif(
  tiff: Uint8Array | undefined,
  { keep, orientation }: ExifSelection,
): Uint8Array | undefined {
  const source = tiff && readExif(tiff)
  const little = source?.block.little ?? true
  const tagsToKeep = keep.flatMap((name) => (name === 'date' || name === 'copyright' ? keptTags[name] : []))
  const chosen = (directory: Directory | undefined) =>
    pickWhole(directory).filter(({ tag }) => tagsToKeep.includes(tag))
  const turn = orientation === 1 ? [] : [orientationEntry(orientation, little)]
  const main = [...chosen(source?.main), ...turn]
  const exif = chosen(source?.exif)
  const gps = keep.includes('geotag') ? pickWhole(source?.gps) : []
  if (main.length + exif.length + gps.length === 0) return undefined
  const written = writeTiff(little, { main, exif, gps })
  if (written.length <= mostBytes) return written
  return turn.length > 0 ? writeTiff(little, { main: turn, exif: [], gps: [] }) : undefined
}

/**
 * What says where other bytes lie, or what the pixels were once: pointers, thumbnails, sizes, colour space; the maker's
 * notes, whose places only the maker knows; and blocks of other kinds of metadata (EXIF 3.0 section 4.6).
 */
const boundToTheFile: ReadonlySet<number> = new Set([
  ...[0x0100, 0x0101, 0x0111, 0x0112, 0x0116, 0x0117, 0x0144, 0x0145, 0x014a, 0x0201, 0x0202],
  ...[0x02bc, 0x83bb, 0x8649, 0x8769, 0x8773, 0x8825, 0x927c, 0xa001, 0xa002, 0xa003, 0xa005],
])

/** A block with all that a person or a camera said of the picture, with or without its place. */
export function copyExif(tiff: Uint8Array, geotag: boolean): Uint8Array | undefined {
  const source = readExif(tiff)
  if (!source) return undefined
  const free = (directory: Directory | undefined) =>
    pickWhole(directory).filter(({ tag }) => !boundToTheFile.has(tag))
  const parts = {
    main: free(source.main),
    exif: free(source.exif),
    gps: geotag ? pickWhole(source.gps) : [],
  }
  if (parts.main.length + parts.exif.length + parts.gps.length === 0) return undefined
  const written = writeTiff(source.block.little, parts)
  return written.length <= mostBytes ? written : undefined
}

const orientationEntry = (orientation: number, little: boolean): Entry => ({
  tag: tags.orientation,
  type: types.short,
  count: 1,
  value: writeU16(orientation, little),
})

interface ExifDirectories {
  readonly main: readonly Entry[]
  readonly exif: readonly Entry[]
  readonly gps: readonly Entry[]
}

/** The entries whose values are complete, up to a limit of number and size. */
const pickWhole = (directory: Directory | undefined): readonly Entry[] =>
  (directory?.entries ?? [])
    .filter((entry) => isWhole(entry) && entry.value.length < mostValueBytes)
    .slice(0, mostEntries)

function writeTiff(little: boolean, { main, exif, gps }: ExifDirectories): Uint8Array {
  const number = (value: number) => writeU32(value, little)
  const long = (tag: number, place: number): Entry => ({
    tag,
    type: types.long,
    count: 1,
    value: number(place),
  })
  const withPointers = (exifAt: number, gpsAt: number): Entry[] => [
    ...main,
    ...(exif.length > 0 ? [long(tags.exif, exifAt)] : []),
    ...(gps.length > 0 ? [long(tags.gps, gpsAt)] : []),
  ]
  const exifAt = 8 + writeDirectory(withPointers(0, 0), 8, little).length
  const below = exif.length > 0 ? writeDirectory(exif, exifAt, little) : Buffer.alloc(0)
  const gpsAt = exifAt + below.length
  const last = gps.length > 0 ? writeDirectory(gps, gpsAt, little) : Buffer.alloc(0)
  const first = writeDirectory(withPointers(exifAt, gpsAt), 8, little)
  const head = Buffer.from(little ? 'II*\0' : 'MM\0*', 'latin1')
  return Buffer.concat([head, number(8), first, below, last])
}

/** A directory for the offset `at`, followed by the values that do not fit into its entries (TIFF 6.0 section 2). */
function writeDirectory(entries: readonly Entry[], at: number, little: boolean): Buffer {
  const sorted = [...entries].sort((a, b) => a.tag - b.tag)
  const values: Uint8Array[] = []
  let free = at + 2 + sorted.length * 12 + 4
  const rows = sorted.map(({ tag, type, count, value }) => {
    const fits = value.length <= 4
    const place = fits ? Buffer.concat([value, Buffer.alloc(4 - value.length)]) : writeU32(free, little)
    if (!fits) {
      values.push(value, Buffer.alloc(value.length % 2)) // values begin at even places
      free += value.length + (value.length % 2)
    }
    return Buffer.concat([writeU16(tag, little), writeU16(type, little), writeU32(count, little), place])
  })
  return Buffer.concat([writeU16(sorted.length, little), ...rows, Buffer.alloc(4), ...values])
}

function writeU16(value: number, little: boolean): Buffer {
  const bytes = Buffer.alloc(2)
  if (little) bytes.writeUInt16LE(value)
  else bytes.writeUInt16BE(value)
  return bytes
}

function writeU32(value: number, little: boolean): Buffer {
  const bytes = Buffer.alloc(4)
  if (little) bytes.writeUInt32LE(value)
  else bytes.writeUInt32BE(value)
  return bytes
}
