// Films as a source of one picture: how large they are shown and how long they last. MP4 and QuickTime (ISO/IEC 14496-12).
import { type Facts, plainFacts } from '../facts.ts'
import type { VideoFormat } from '../formats.ts'
import { broken, has, text, u8, u32be } from './bytes.ts'
import { type Box, boxesOf, child } from './isobmff-boxes.ts'

/** Brands of films; a file of QuickTime need not have one. */
const brands =
  /^(isom|iso[2-9]|mp4[12]|avc1|M4V |M4VH|M4VP|qt {2}|dash|mmp4|3g[p2].|MSNV|f4v |av01|hev1|hvc1)$/

export function isMp4(bytes: Uint8Array): boolean {
  if (has(bytes, 4, 'ftyp')) return brands.test(text(bytes, 8, 4))
  return (
    ['moov', 'mdat', 'wide', 'free'].some((type) => has(bytes, 4, type)) &&
    u32be(bytes, 0) >= 8 &&
    hasMovie(bytes)
  )
}

const fileOf = (bytes: Uint8Array): Box => ({ type: 'file', start: 0, end: bytes.length })

const hasMovie = (bytes: Uint8Array): boolean => child(bytes, fileOf(bytes), 'moov') !== undefined

export function identifyMp4(bytes: Uint8Array): Facts {
  const moov = child(bytes, fileOf(bytes), 'moov')
  if (!moov) throw broken('the film has no list of its tracks')
  const track = boxesOf(bytes, moov).find((box) => box.type === 'trak' && isPicture(bytes, box))
  if (!track) throw broken('the film has no pictures')
  return filmFacts(bytes, { format: 'mp4', ...sizeOf(bytes, track), seconds: lengthOf(bytes, track) })
}

interface Film {
  readonly format: VideoFormat
  readonly width: number
  readonly height: number
  readonly seconds: number | undefined
}

export const filmFacts = (bytes: Uint8Array, { seconds, ...film }: Film): Facts => ({
  ...plainFacts,
  ...film,
  ...(seconds !== undefined && { seconds }),
  bytes: bytes.length,
})

const within = (bytes: Uint8Array, box: Box, ...types: string[]): Box | undefined =>
  types.reduce<Box | undefined>((at, type) => at && child(bytes, at, type), box)

function isPicture(bytes: Uint8Array, track: Box): boolean {
  const handler = within(bytes, track, 'mdia', 'hdlr')
  return handler !== undefined && text(bytes, handler.start + 8, 4) === 'vide'
}

/** Of the coded picture (VisualSampleEntry, 12.1.3), lying on its side where the track says so (8.3.2). */
function sizeOf(bytes: Uint8Array, track: Box): { width: number; height: number } {
  const entries = within(bytes, track, 'mdia', 'minf', 'stbl', 'stsd')
  const header = child(bytes, track, 'tkhd')
  if (!entries || !header) throw broken('the film does not say how large it is')
  const sides = u32be(bytes, entries.start + 8 + 8 + 24)
  const stored = { width: Math.floor(sides / 0x10000), height: sides % 0x10000 }
  const matrix = header.start + (u8(bytes, header.start) === 1 ? 52 : 40)
  const lies = u32be(bytes, matrix) === 0 && u32be(bytes, matrix + 4) !== 0
  return lies ? { width: stored.height, height: stored.width } : stored
}

function lengthOf(bytes: Uint8Array, track: Box): number | undefined {
  const header = within(bytes, track, 'mdia', 'mdhd')
  if (!header) return undefined
  const isLong = u8(bytes, header.start) === 1
  const scale = u32be(bytes, header.start + (isLong ? 20 : 12))
  const at = header.start + (isLong ? 24 : 16)
  const length = isLong ? u32be(bytes, at) * 2 ** 32 + u32be(bytes, at + 4) : u32be(bytes, at)
  return scale > 0 && length > 0 && length < 0xffff_ffff ? length / scale : undefined
}
