// A small EXIF block made of those entries of the source's that are wanted; thumbnails, maker's notes and the rest go.
import { type Directory, type Entry, isWhole, types } from '../identify/directories.ts'
import { readExif, tags } from '../identify/exif.ts'
import type { Keep } from './request.ts'

/** EXIF 3.0 section 4.6; times of day and their zones belong to the date. */
const wanted: Readonly<Record<'date' | 'copyright', readonly number[]>> = {
  date: [0x0132, 0x9003, 0x9004, 0x9010, 0x9011, 0x9012, 0x9290, 0x9291, 0x9292],
  copyright: [0x013b, 0x8298],
}
const mostEntries = 500
const mostValueBytes = 10_000
/** A JPEG's segment holds no more (T.81 B.1.1.4); entries that share their bytes can ask for it. */
const mostBytes = 65_000

export interface Wish {
  readonly keep: readonly Keep[]
  /** Of the pixels as they will be stored; 1 where they were brought upright. */
  readonly orientation: number
}

/** The TIFF block to write, or undefined when nothing of it is wanted: an upright picture needs no EXIF at all. */
export function exifToWrite(
  tiff: Uint8Array | undefined,
  { keep, orientation }: Wish,
): Uint8Array | undefined {
  const source = tiff && readExif(tiff)
  const little = source?.block.little ?? true
  const tagsToKeep = keep.flatMap((name) => (name === 'date' || name === 'copyright' ? wanted[name] : []))
  const chosen = (directory: Directory | undefined) =>
    fitting(directory).filter(({ tag }) => tagsToKeep.includes(tag))
  const turn = orientation === 1 ? [] : [turnOf(orientation, little)]
  const main = [...chosen(source?.main), ...turn]
  const exif = chosen(source?.exif)
  const gps = keep.includes('geotag') ? fitting(source?.gps) : []
  if (main.length + exif.length + gps.length === 0) return undefined
  const written = write(little, { main, exif, gps })
  if (written.length <= mostBytes) return written
  return turn.length > 0 ? write(little, { main: turn, exif: [], gps: [] }) : undefined
}

const turnOf = (orientation: number, little: boolean): Entry => ({
  tag: tags.orientation,
  type: types.short,
  count: 1,
  value: u16(orientation, little),
})

interface Directories {
  readonly main: readonly Entry[]
  readonly exif: readonly Entry[]
  readonly gps: readonly Entry[]
}

/** Those whose values are there, and no heaps of them. */
const fitting = (directory: Directory | undefined): readonly Entry[] =>
  (directory?.entries ?? [])
    .filter((entry) => isWhole(entry) && entry.value.length < mostValueBytes)
    .slice(0, mostEntries)

function write(little: boolean, { main, exif, gps }: Directories): Uint8Array {
  const number = (value: number) => u32(value, little)
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
  const exifAt = 8 + directory(withPointers(0, 0), 8, little).length
  const below = exif.length > 0 ? directory(exif, exifAt, little) : Buffer.alloc(0)
  const gpsAt = exifAt + below.length
  const last = gps.length > 0 ? directory(gps, gpsAt, little) : Buffer.alloc(0)
  const first = directory(withPointers(exifAt, gpsAt), 8, little)
  const head = Buffer.from(little ? 'II*\0' : 'MM\0*', 'latin1')
  return Buffer.concat([head, number(8), first, below, last])
}

/** A directory to stand at `at`, and behind it the values that do not fit into its entries (TIFF 6.0 section 2). */
function directory(entries: readonly Entry[], at: number, little: boolean): Buffer {
  const sorted = [...entries].sort((a, b) => a.tag - b.tag)
  const values: Uint8Array[] = []
  let free = at + 2 + sorted.length * 12 + 4
  const rows = sorted.map(({ tag, type, count, value }) => {
    const fits = value.length <= 4
    const place = fits ? Buffer.concat([value, Buffer.alloc(4 - value.length)]) : u32(free, little)
    if (!fits) {
      values.push(value, Buffer.alloc(value.length % 2)) // values begin at even places
      free += value.length + (value.length % 2)
    }
    return Buffer.concat([u16(tag, little), u16(type, little), u32(count, little), place])
  })
  return Buffer.concat([u16(sorted.length, little), ...rows, Buffer.alloc(4), ...values])
}

function u16(value: number, little: boolean): Buffer {
  const bytes = Buffer.alloc(2)
  if (little) bytes.writeUInt16LE(value)
  else bytes.writeUInt16BE(value)
  return bytes
}

function u32(value: number, little: boolean): Buffer {
  const bytes = Buffer.alloc(4)
  if (little) bytes.writeUInt32LE(value)
  else bytes.writeUInt32BE(value)
  return bytes
}
