// AVIF and HEIC (ISO/IEC 23008-12, AV1 Image File Format): the primary item's properties in the meta box.
import { Failure } from '../../errors.ts'
import type { Facts } from '../facts.ts'
import { broken, text, u8, u16be, u32be } from './bytes.ts'
import { codingOf, isSrgb } from './colour-code.ts'

interface Box {
  readonly type: string
  /** Of the content, after the header. */
  readonly start: number
  readonly end: number
}

const mostBoxes = 10_000
const heicBrands = ['heic', 'heix', 'hevc', 'hevx', 'heim', 'heis', 'hevm', 'hevs', 'mif1', 'msf1']

/** 'avif' or 'heic' when the file opens with such a brand. A sequence has the brand `avis` in front. */
export function brandOf(bytes: Uint8Array): 'avif' | 'heic' | undefined {
  const major = text(bytes, 8, 4)
  if (major === film || brandsOf(bytes).includes('avif')) return 'avif'
  return heicBrands.includes(major) ? 'heic' : undefined
}

const brandsOf = (bytes: Uint8Array): readonly string[] =>
  text(bytes, 8, Math.min(u32be(bytes, 0), 256) - 8).match(/.{4}/gs) ?? []

const film = 'avis'

const isFilm = (bytes: Uint8Array): boolean => brandsOf(bytes).includes(film)

/**
 * A film's still picture as a picture of its own: libheif, as sharp is built, opens a file by its major brand, and that of
 * a film is not among those it knows. The same bytes for all others.
 */
export function asStill(avif: Uint8Array): Uint8Array {
  if (text(avif, 8, 4) !== film) return avif
  const still = Buffer.from(avif)
  still.write('avif', 8, 'latin1')
  return still
}

export function identifyAvif(bytes: Uint8Array): Facts {
  const file = { type: 'file', start: 0, end: bytes.length }
  const meta = child(bytes, file, 'meta')
  if (!meta && isFilm(bytes))
    throw new Failure('source-unsupported', 'The source is an AVIF image sequence without a still picture.')
  if (!meta) throw broken('the AVIF has no description of its picture')
  const picture = propertiesOf(bytes, { ...meta, start: meta.start + 4 })
  return {
    format: 'avif',
    ...sizeOf(bytes, picture.ofPrimary),
    // irot and imir are carried out by the decoder, so what it yields is upright already.
    orientation: 1,
    // A film's pictures are read by nothing here, only the still one beside them.
    pages: 1,
    animated: isFilm(bytes) && child(bytes, file, 'moov') !== undefined,
    alpha: picture.all.some((box) => box.type === 'auxC' && text(bytes, box.start + 4, 64).includes('alpha')),
    progressive: false,
    ...colourOf(bytes, picture.ofPrimary),
    space: isMonochrome(bytes, picture.ofPrimary) ? 'gray' : 'rgb',
    depth: depthOf(bytes, picture.ofPrimary),
    scans: 1,
    bytes: bytes.length,
  }
}

/**
 * A profile counts before code points (MIAF, ISO/IEC 23000-22 7.3.6.4). The decoder carries out matrix and range, except
 * that it leaves the range of a grey picture as it is.
 */
function colourOf(bytes: Uint8Array, properties: readonly Box[]): Pick<Facts, 'icc' | 'colour'> {
  const told = properties.filter((box) => box.type === 'colr')
  const icc = told.some((box) => /^(prof|rICC)/.test(text(bytes, box.start, 4)))
  const nclx = told.find((box) => text(bytes, box.start, 4) === 'nclx')
  if (!nclx) return { icc }
  const fullRange = !isMonochrome(bytes, properties) || (u8(bytes, nclx.start + 10) & 0x80) !== 0
  const [primary, transfer] = icc ? srgb : [u16be(bytes, nclx.start + 4), u16be(bytes, nclx.start + 6)]
  const colour = codingOf(primary, transfer, fullRange) ?? codingOf(...srgb, fullRange)
  return { icc, ...(colour && !isSrgb(colour) && { colour }) }
}

/** Code points of sRGB (H.273). */
const srgb = [1, 13] as const

/** Width and height after the transforms that the decoder carries out, in their order (clap cuts, irot turns). */
function sizeOf(bytes: Uint8Array, properties: readonly Box[]): { width: number; height: number } {
  const extents = properties.find((box) => box.type === 'ispe')
  if (!extents) throw broken('the AVIF does not say how large it is')
  let size = { width: u32be(bytes, extents.start + 4), height: u32be(bytes, extents.start + 8) }
  for (const { type, start } of properties) {
    if (type === 'clap') size = { width: fraction(bytes, start), height: fraction(bytes, start + 8) }
    if (type === 'irot' && u8(bytes, start) & 1) size = { width: size.height, height: size.width }
  }
  return size
}

const fraction = (bytes: Uint8Array, at: number): number =>
  Math.max(1, Math.round(u32be(bytes, at) / Math.max(1, u32be(bytes, at + 4))))

/** AV1CodecConfigurationRecord, third byte: high_bitdepth 0x40, twelve_bit 0x20, monochrome 0x10. */
const configuration = (bytes: Uint8Array, properties: readonly Box[]): number => {
  const box = properties.find((each) => each.type === 'av1C')
  return box ? u8(bytes, box.start + 2) : 0
}
const isMonochrome = (bytes: Uint8Array, properties: readonly Box[]): boolean =>
  (configuration(bytes, properties) & 0x10) !== 0

function depthOf(bytes: Uint8Array, properties: readonly Box[]): number {
  const flags = configuration(bytes, properties)
  if (!(flags & 0x40)) return 8
  return flags & 0x20 ? 12 : 10
}

function propertiesOf(bytes: Uint8Array, meta: Box): { ofPrimary: Box[]; all: Box[] } {
  const pitm = child(bytes, meta, 'pitm')
  const iprp = child(bytes, meta, 'iprp')
  const ipco = iprp && child(bytes, iprp, 'ipco')
  const ipma = iprp && child(bytes, iprp, 'ipma')
  if (!pitm || !ipco || !ipma) throw broken('the AVIF does not describe its picture')
  const all = [...boxes(bytes, ipco)]
  const primary = u8(bytes, pitm.start) === 0 ? u16be(bytes, pitm.start + 4) : u32be(bytes, pitm.start + 4)
  const ofPrimary = associations(bytes, ipma, primary).flatMap((index) => all[index - 1] ?? [])
  return { ofPrimary, all }
}

/** ItemPropertyAssociation (ISO/IEC 23008-12 9.3.1): per item a list of numbers, counted from one, into ipco. */
function associations(bytes: Uint8Array, ipma: Box, item: number): number[] {
  const version = u8(bytes, ipma.start)
  const wide = (u8(bytes, ipma.start + 3) & 1) === 1
  const items = Math.min(u32be(bytes, ipma.start + 4), mostBoxes)
  let at = ipma.start + 8
  for (let i = 0; i < items && at < ipma.end; i++) {
    const id = version < 1 ? u16be(bytes, at) : u32be(bytes, at)
    at += version < 1 ? 2 : 4
    const count = u8(bytes, at++)
    const start = at
    at += count * (wide ? 2 : 1)
    if (id !== item) continue
    return Array.from({ length: count }, (_, n) =>
      wide ? u16be(bytes, start + n * 2) & 0x7fff : u8(bytes, start + n) & 0x7f,
    )
  }
  return []
}

function child(bytes: Uint8Array, parent: Box, type: string): Box | undefined {
  for (const box of boxes(bytes, parent)) if (box.type === type) return box
  return undefined
}

/** Size 1 means a 64-bit size follows, 0 that the box goes on to the end (ISO/IEC 14496-12 4.2). */
function* boxes(bytes: Uint8Array, parent: Box): Generator<Box> {
  let at = parent.start
  for (let n = 0; n < mostBoxes && at + 8 <= parent.end; n++) {
    const size = u32be(bytes, at)
    const large = size === 1
    const length = large ? u32be(bytes, at + 8) * 2 ** 32 + u32be(bytes, at + 12) : size || parent.end - at
    if (length < 8) return
    yield {
      type: text(bytes, at + 4, 4),
      start: at + (large ? 16 : 8),
      end: Math.min(at + length, parent.end),
    }
    at += length
  }
}
