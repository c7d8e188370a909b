// BMP in all its ages: OS/2's header of 12 bytes, Windows' of 40 and more. Size and depth from the header.
import { Failure } from '../../errors.ts'
import { type Facts, plainFacts } from '../facts.ts'
import { broken, has, u16le, u32le } from './bytes.ts'

const oldHeader = 12
/** From here on a header has masks of its own, alpha's behind the colours' (BITMAPV3INFOHEADER). */
const maskedHeader = 56
const headers = [12, 16, 40, 52, 56, 64, 108, 124]
const bitFields = [3, 6]
const runLengths = [1, 2]
const depths = [1, 2, 4, 8, 16, 24, 32]

/** Of a bitmap's header, wherever it stands: a BMP has it behind 14 bytes, an icon without them. */
export interface Header {
  readonly width: number
  readonly height: number
  readonly bits: number
  readonly compression: number
  readonly alpha: boolean
}

export function headerOf(bytes: Uint8Array, at: number): Header {
  const length = u32le(bytes, at)
  if (length === oldHeader) {
    const [width, height] = [u16le(bytes, at + 4), u16le(bytes, at + 6)]
    return { width, height, bits: u16le(bytes, at + 10), compression: 0, alpha: false }
  }
  if (length < 16) throw broken('the bitmap has no header')
  const bits = u16le(bytes, at + 14)
  const compression = length < 20 ? 0 : u32le(bytes, at + 16)
  const masks = length >= maskedHeader && bitFields.includes(compression)
  return {
    width: Math.abs(u32le(bytes, at + 4) | 0),
    height: Math.abs(u32le(bytes, at + 8) | 0), // negative: the rows stand from top to bottom
    bits,
    compression,
    alpha: compression === 6 || (masks && u32le(bytes, at + 52) !== 0),
  }
}

/** Two letters would be any text that begins so: behind the sizes stands the length of a header that there is. */
export const isBmp = (bytes: Uint8Array): boolean =>
  has(bytes, 0, 'BM') && bytes.length >= 18 && headers.includes(u32le(bytes, 14))

export function identifyBmp(bytes: Uint8Array): Facts {
  const { width, height, bits, compression, alpha } = headerOf(bytes, 14)
  if (compression === 4 || compression === 5)
    throw new Failure('source-unsupported', 'The source is a BMP of a printer, which holds another format.')
  if (!depths.includes(bits)) throw broken('the BMP has pixels of no known size')
  return {
    ...plainFacts,
    format: 'bmp',
    ...{ width, height, alpha },
    space: bits <= 8 ? 'palette' : 'rgb',
    bytes: bytes.length,
  }
}

/** Bytes that a BMP must have for all of its rows; 0 where they are run-length coded, of any length. */
export function bytesNeeded(bmp: Uint8Array): number {
  const { width, height, bits, compression } = headerOf(bmp, 14)
  if (runLengths.includes(compression)) return 0
  return u32le(bmp, 10) + Math.ceil((width * bits) / 32) * 4 * height
}
