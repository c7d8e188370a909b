// AVIF and HEIC (ISO/IEC 23008-12, AV1 Image File Format): the primary item's properties in the meta box.
import { Failure } from '../../errors.ts'
import type { Facts } from '../facts.ts'
import { type Av1Colour, colourOfAv1 } from './av1.ts'
import { broken, text, u8, u16be, u32be } from './bytes.ts'
import { codingOf, isSrgb } from './colour-code.ts'
import { type Box, boxes, child, mostBoxes } from './isobmff-boxes.ts'
import { locationOf } from './isobmff-location.ts'

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

export const identifyAvif = (bytes: Uint8Array): Facts => identifyHeif(bytes, 'avif')
/** Of a sequence only the still picture is known. */
export const identifyHeic = (bytes: Uint8Array): Facts => identifyHeif(bytes, 'heic')

function identifyHeif(bytes: Uint8Array, format: 'avif' | 'heic'): Facts {
  const file = { type: 'file', start: 0, end: bytes.length }
  const meta = child(bytes, file, 'meta')
  if (!meta && isFilm(bytes))
    throw new Failure('source-unsupported', 'The source is an AVIF image sequence without a still picture.')
  if (!meta) throw broken('it has no description of its picture')
  const description = { ...meta, start: meta.start + 4 }
  const picture = propertiesOf(bytes, description)
  const frames = format === 'avif' && isFilm(bytes) ? framesIn(bytes, file) : 1
  return {
    format,
    ...sizeOf(bytes, picture.ofPrimary),
    // irot and imir are carried out by the decoder, so what it yields is upright already.
    orientation: 1,
    pages: frames,
    animated: frames > 1,
    alpha: picture.all.some((box) => box.type === 'auxC' && text(bytes, box.start + 4, 64).includes('alpha')),
    progressive: false,
    ...colourOf(bytes, format === 'avif' ? description : undefined, picture.ofPrimary),
    space: isMonochrome(bytes, picture.ofPrimary) ? 'gray' : 'rgb',
    depth: depthOf(bytes, picture.ofPrimary),
    scans: 1,
    bytes: bytes.length,
  }
}

/** Samples of the film's first track (ISO/IEC 14496-12 8.7.3). */
function framesIn(bytes: Uint8Array, file: Box): number {
  const path = ['moov', 'trak', 'mdia', 'minf', 'stbl', 'stsz']
  const sizes = path.reduce<Box | undefined>((at, type) => at && child(bytes, at, type), file)
  return sizes ? Math.max(1, u32be(bytes, sizes.start + 8)) : 1
}

/**
 * A profile counts before code points (MIAF, ISO/IEC 23000-22 7.3.6.4). The decoder carries out matrix and range, except
 * that it leaves the range of a grey picture as it is.
 */
function colourOf(
  bytes: Uint8Array,
  meta: Box | undefined,
  properties: readonly Box[],
): Pick<Facts, 'icc' | 'colour'> {
  const told = properties.filter((box) => box.type === 'colr')
  const icc = told.some((box) => /^(prof|rICC)/.test(text(bytes, box.start, 4)))
  const points = codePoints(bytes, told) ?? (meta && colourOfAv1(dataOfPrimary(bytes, meta)))
  if (!points) return { icc }
  const fullRange = !isMonochrome(bytes, properties) || points.fullRange
  const told709 = codingOf(...srgb, fullRange)
  const colour = icc ? told709 : (codingOf(points.primaries, points.transfer, fullRange) ?? told709)
  return { icc, ...(colour && !isSrgb(colour) && { colour }) }
}

/** Code points of sRGB (H.273). */
const srgb = [1, 13] as const

function codePoints(bytes: Uint8Array, boxes: readonly Box[]): Av1Colour | undefined {
  const box = boxes.find(({ start }) => text(bytes, start, 4) === 'nclx')
  if (!box) return undefined
  const { start: at } = box
  return {
    primaries: u16be(bytes, at + 4),
    transfer: u16be(bytes, at + 6),
    fullRange: (u8(bytes, at + 10) & 0x80) !== 0,
  }
}

/** As much of the primary item's data as a header takes; empty where they lie elsewhere than in the file (8.11.3). */
function dataOfPrimary(bytes: Uint8Array, meta: Box): Uint8Array {
  const iloc = child(bytes, meta, 'iloc')
  const pitm = child(bytes, meta, 'pitm')
  const at = iloc && pitm && locationOf(bytes, iloc, itemOf(bytes, pitm))
  return at === undefined ? new Uint8Array() : bytes.subarray(at, at + 256)
}

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
  const ofPrimary = associations(bytes, ipma, itemOf(bytes, pitm)).flatMap((index) => all[index - 1] ?? [])
  return { ofPrimary, all }
}

const itemOf = (bytes: Uint8Array, { start }: Box): number =>
  u8(bytes, start) === 0 ? u16be(bytes, start + 4) : u32be(bytes, start + 4)

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
