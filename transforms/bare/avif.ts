// An AVIF's own bytes, its metadata blanked where it stands: taken out, every place behind it in the file would move.
import { text, u8, u16be, u32be } from '../identify/bytes.ts'
import { type Box, boxesOf } from '../identify/isobmff-boxes.ts'

/** Image items by their kind (AV1 Image File Format 2, ISO/IEC 23008-12 6.6): coded, grids, overlays, gain maps. */
const pictures = ['av01', 'grid', 'iden', 'iovl', 'tmap', 'hvc1']
/** Boxes of a file that are its picture or its picture's description (ISO/IEC 14496-12). */
const needed = ['ftyp', 'meta', 'mdat', 'moov', 'free', 'skip']

/**
 * Undefined where an item's place cannot be read. Texts of a film's tracks (`udta`) are blanked as boxes of the file
 * are: with zeros, under a name that readers skip.
 */
export function bareAvif(source: Uint8Array): Uint8Array | undefined {
  const file = Buffer.from(source)
  const top = boxesOf(file, whole(file))
  for (const box of top) if (!needed.includes(box.type)) blankBox(file, box)
  const meta = top.find(({ type }) => type === 'meta')
  if (!meta) return undefined
  const inside = boxesOf(file, { ...meta, start: meta.start + 4 })
  for (const box of inside) if (box.type === 'udta' || box.type === 'uuid') blankBox(file, box)
  const moov = top.find(({ type }) => type === 'moov')
  if (moov) blankTexts(file, moov)
  return blankItems(file, inside) ? file : undefined
}

const whole = (file: Uint8Array): Box => ({ type: 'file', start: 0, end: file.length })

/** The name stands in front of the content, also behind a 64-bit size, whose eight bytes lie between. */
function blankBox(file: Buffer, { type, start, end }: Box): void {
  const name = file.lastIndexOf(type, start - 4, 'latin1')
  file.write('free', name, 'latin1')
  file.fill(0, start, end)
}

/** Of the film and of each of its tracks. */
function blankTexts(file: Buffer, parent: Box): void {
  for (const box of boxesOf(file, parent)) {
    if (box.type === 'udta' || box.type === 'uuid' || box.type === 'meta') blankBox(file, box)
    if (box.type === 'trak') blankTexts(file, box)
  }
}

function blankItems(file: Buffer, inside: readonly Box[]): boolean {
  const iinf = inside.find(({ type }) => type === 'iinf')
  const iloc = inside.find(({ type }) => type === 'iloc')
  if (!iinf || !iloc) return false
  const idat = inside.find(({ type }) => type === 'idat')
  const places = placesOf(file, iloc)
  for (const { id, type } of itemsOf(file, iinf)) {
    if (pictures.includes(type)) continue
    for (const place of places.get(id) ?? []) {
      const base = place.from === 'idat' ? idat?.start : place.from === 'file' ? 0 : undefined
      if (base === undefined) return false
      blank(file, { start: base + place.at, end: base + place.at + place.length }, type)
    }
  }
  return true
}

/** Behind the place of its header (here 0, ISO/IEC 23008-12 A.2.1) an EXIF block without entries: TIFF 6.0 section 2. */
const emptyExif = Buffer.from('\0\0\0\0II*\0\x08\0\0\0\0\0\0\0\0\0', 'latin1')

function blank(file: Buffer, { start, end }: { start: number; end: number }, type: string): void {
  file.fill(0, start, end)
  if (type === 'Exif' && end - start >= emptyExif.length && end <= file.length) emptyExif.copy(file, start)
}

interface Item {
  readonly id: number
  readonly type: string
}

/** ItemInfoEntry (ISO/IEC 14496-12 8.11.6): version 2 has ids of 16 bits, 3 of 32; older ones name no kind. */
function itemsOf(file: Buffer, iinf: Box): Item[] {
  const counted = u8(file, iinf.start) === 0 ? 6 : 8
  return boxesOf(file, { ...iinf, start: iinf.start + counted }).map(({ start }) => {
    const version = u8(file, start)
    if (version < 2) return { id: u16be(file, start + 4), type: '' }
    const wide = version > 2
    const id = wide ? u32be(file, start + 4) : u16be(file, start + 4)
    return { id, type: text(file, start + (wide ? 10 : 8), 4) }
  })
}

interface Place {
  /** Where `at` counts from; another item's data is none that is found here. */
  readonly from: 'file' | 'idat' | 'item'
  readonly at: number
  readonly length: number
}

const origins = ['file', 'idat', 'item'] as const
const mostPlaces = 10_000

/** ItemLocationBox (ISO/IEC 14496-12 8.11.3): the widths of its numbers are said first. */
function placesOf(file: Buffer, { start, end }: Box): ReadonlyMap<number, readonly Place[]> {
  const version = u8(file, start)
  const widths = u16be(file, start + 4)
  const [offset, length, base, index] = [12, 8, 4, 0].map((bits) => (widths >> bits) & 15) as Widths
  let at = start + 6
  const take = (bytes: number): number => {
    const value = bytes === 0 ? 0 : numberAt(file, at, bytes)
    at += bytes
    return value
  }
  const places = new Map<number, Place[]>()
  const items = take(version < 2 ? 2 : 4)
  for (let n = 0; n < items && n < mostPlaces && at < end; n++) {
    const id = take(version < 2 ? 2 : 4)
    const from = version === 0 ? 'file' : (origins[take(2) & 15] ?? 'item')
    take(2) // in which file: only this one is read
    const first = take(base)
    const extents = take(2)
    const found = Array.from({ length: Math.min(extents, mostPlaces) }, () => {
      if (version > 0) take(index)
      return { from, at: first + take(offset), length: take(length) }
    })
    places.set(id, found)
  }
  return places
}

type Widths = [number, number, number, number]

const numberAt = (file: Buffer, at: number, bytes: number): number =>
  bytes === 8
    ? u32be(file, at) * 2 ** 32 + u32be(file, at + 4)
    : bytes === 4
      ? u32be(file, at)
      : u16be(file, at)
