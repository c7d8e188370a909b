// Photoshop documents (Adobe Photoshop File Formats): the header, the profile, and where the merged picture stands.
import { Failure } from '../../errors.ts'
import { type Facts, plainFacts } from '../facts.ts'
import { broken, has, u8, u16be, u32be } from './bytes.ts'

export interface PsdLayout {
  readonly width: number
  readonly height: number
  readonly channels: number
  /** Of a channel: 1, 8 or 16. */
  readonly depth: number
  readonly mode: keyof typeof modes
  /** Red, green and blue of an indexed picture, 256 of each. */
  readonly palette?: Uint8Array
  readonly icc?: Uint8Array
  /** Of the merged picture: its kind of packing and, behind it, its pixels. */
  readonly start: number
  /** PSB: lengths of rows are twice as long. */
  readonly isLarge: boolean
  /** The channel behind the colours says where nothing is. */
  readonly alpha: boolean
}

/** Modes by their number, and how many channels are colour. */
export const modes = {
  0: { space: 'gray', colours: 1 }, // a bitmap
  1: { space: 'gray', colours: 1 },
  2: { space: 'palette', colours: 1 },
  3: { space: 'rgb', colours: 3 },
  4: { space: 'cmyk', colours: 4 },
  8: { space: 'gray', colours: 1 }, // duotone: its inks are Photoshop's own affair
} as const

const maxSide = { 1: 30_000, 2: 300_000 } as const
const maxChannels = 56

export function identifyPsd(bytes: Uint8Array): Facts {
  const { width, height, mode, depth, icc, alpha } = psdLayout(bytes)
  return {
    ...plainFacts,
    format: 'psd',
    ...{ width, height, alpha },
    icc: icc !== undefined,
    space: modes[mode].space,
    depth: depth === 1 ? 8 : depth,
    bytes: bytes.length,
  }
}

export function psdLayout(bytes: Uint8Array): PsdLayout {
  const version = u16be(bytes, 4)
  if (version !== 1 && version !== 2) throw broken('it is no version of a Photoshop document')
  const isLarge = version === 2
  const [channels, height, width] = [u16be(bytes, 12), u32be(bytes, 14), u32be(bytes, 18)]
  const [depth, mode] = [u16be(bytes, 22), u16be(bytes, 24)]
  if (Math.max(width, height) > maxSide[version] || channels < 1 || channels > maxChannels)
    throw broken('its size is beyond what a Photoshop document may have')
  if (!(mode in modes) || ![1, 8, 16].includes(depth))
    throw unsupported(
      depth === 32 ? 'in 32 bits' : 'in Lab or multichannel colour',
      'save it in RGB of 8 or 16 bits',
    )
  const known = mode as keyof typeof modes
  const colourTable = 26
  const resources = colourTable + 4 + u32be(bytes, colourTable)
  const layers = resources + 4 + u32be(bytes, resources)
  const { icc, isMerged } = resourcesOf(bytes, resources + 4, layers)
  if (!isMerged) throw unsupported('without its merged picture', 'save it with "Maximize Compatibility"')
  const { colours } = modes[known]
  if (channels < colours) throw broken('it has too few channels')
  return {
    ...{ width, height, channels, depth, mode: known, isLarge },
    ...(icc && { icc }),
    ...(mode === 2 && { palette: paletteOf(bytes, colourTable) }),
    start: layers + (isLarge ? 8 + u64be(bytes, layers) : 4 + u32be(bytes, layers)),
    alpha: channels > colours && isMergedAlpha(bytes, layers, isLarge),
  }
}

function paletteOf(bytes: Uint8Array, at: number): Uint8Array {
  if (u32be(bytes, at) < 768) throw broken('its palette is too short')
  return bytes.subarray(at + 4, at + 4 + 768)
}

const u64be = (bytes: Uint8Array, at: number): number => u32be(bytes, at) * 2 ** 32 + u32be(bytes, at + 4)

/** A number of layers below zero says that the first channel behind the colours is the merged picture's transparency. */
function isMergedAlpha(bytes: Uint8Array, layers: number, isLarge: boolean): boolean {
  const [length, count] = isLarge ? [u64be(bytes, layers), layers + 16] : [u32be(bytes, layers), layers + 8]
  return length >= 6 && (u16be(bytes, count) & 0x8000) !== 0
}

const profile = 1039
const versionInfo = 1057
const mostResources = 4096

/** Blocks of a number, a name and content, each of even length. */
function resourcesOf(bytes: Uint8Array, start: number, end: number): { icc?: Uint8Array; isMerged: boolean } {
  const found: { icc?: Uint8Array; isMerged: boolean } = { isMerged: true }
  let at = start
  for (let n = 0; n < mostResources && at + 12 <= end && at + 12 <= bytes.length; n++) {
    if (!has(bytes, at, '8BIM')) break
    const id = u16be(bytes, at + 4)
    const content = at + 6 + even(1 + u8(bytes, at + 6)) + 4
    const length = u32be(bytes, content - 4)
    if (id === profile) found.icc = bytes.subarray(content, content + length)
    if (id === versionInfo && length > 4) found.isMerged = u8(bytes, content + 4) !== 0
    at = content + even(length)
  }
  return found
}

const even = (length: number): number => length + (length & 1)

const unsupported = (what: string, instead: string): Failure =>
  new Failure(
    'source-unsupported',
    `The source is a Photoshop document ${what}, which is not read here: ${instead}.`,
  )
