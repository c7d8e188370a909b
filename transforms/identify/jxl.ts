// JPEG XL (ISO/IEC 18181-1 annex A, 18181-2): size, depth and channels from the head of the codestream.
import { type Facts, plainFacts } from '../facts.ts'
import { type BitReader, bitsOf } from './bits.ts'
import { broken, has } from './bytes.ts'
import { boxesOf } from './isobmff-boxes.ts'

const codestreamMark = '\xff\x0a'

/** As the decoder yields it: upright. Of an animation the first frame alone is known. */
export function identifyJxl(bytes: Uint8Array): Facts {
  const reader = bitsOf(codestreamOf(bytes).subarray(2))
  const stored = sizeOf(reader)
  const head = reader.flag() ? plainHead : headOf(reader)
  const lies = head.orientation >= 5
  return {
    ...plainFacts,
    format: 'jxl',
    width: lies ? stored.height : stored.width,
    height: lies ? stored.width : stored.height,
    animated: head.animated,
    alpha: head.alpha,
    icc: head.icc,
    depth: head.depth,
    bytes: bytes.length,
  }
}

/** Bare, or in a box, or in several of which the first has the head behind its number. */
function codestreamOf(bytes: Uint8Array): Uint8Array {
  if (has(bytes, 0, codestreamMark)) return bytes
  const all = boxesOf(bytes, { type: 'file', start: 0, end: bytes.length })
  const box = all.find(({ type }) => type === 'jxlc' || type === 'jxlp')
  const start = box && box.start + (box.type === 'jxlp' ? 4 : 0)
  if (start === undefined || !has(bytes, start, codestreamMark)) throw broken('it has no picture in it')
  return bytes.subarray(start, box?.end)
}

/** Width to height, by its number; 0 is said apart. */
const ratios = [0, 1, 1.2, 4 / 3, 1.5, 16 / 9, 1.25, 2] as const

function sizeOf(reader: BitReader): { width: number; height: number } {
  const isSmall = reader.flag()
  const side = () => (isSmall ? 8 * (1 + reader.bits(5)) : reader.choice([1, 9], [1, 13], [1, 18], [1, 30]))
  const height = side()
  const ratio = ratios[reader.bits(3)] ?? 0
  return { height, width: ratio === 0 ? side() : Math.floor(height * ratio + 1e-9) }
}

interface Head {
  readonly orientation: number
  readonly animated: boolean
  readonly depth: number
  readonly alpha: boolean
  /** Another colour space than sRGB is told. */
  readonly icc: boolean
}

const plainHead: Head = { orientation: 1, animated: false, depth: 8, alpha: false, icc: false }

function headOf(reader: BitReader): Head {
  const further = reader.flag()
  const orientation = further ? 1 + reader.bits(3) : 1
  if (further && reader.flag()) sizeOf(reader)
  if (further && reader.flag()) skipPreview(reader)
  const animated = further && reader.flag()
  if (animated) skipAnimation(reader)
  const depth = depthOf(reader)
  reader.flag() // whether 16 bits are enough for a decoder
  const extra = reader.choice([0, 0], [1, 0], [2, 4], [1, 12])
  if (extra === 0) {
    reader.flag() // whether it is in XYB
    return { orientation, animated, depth, alpha: false, icc: !isSrgb(reader) }
  }
  // Of several channels the first is looked at; what follows it is of no fixed length.
  const alpha = reader.flag() || reader.choice([0, 0], [1, 0], [2, 4], [18, 6]) === 0
  return { orientation, animated, depth, alpha: alpha || extra > 1, icc: true }
}

/** The colours are sRGB's: white of D65, its primaries, its curve (ISO/IEC 18181-1 E.2). Rendering intents change nothing. */
function isSrgb(reader: BitReader): boolean {
  if (reader.flag()) return true
  const number = () => reader.choice([0, 0], [1, 0], [2, 4], [18, 6])
  const [profile, space, white, primaries] = [reader.flag(), number(), number(), number()]
  return !profile && space === 0 && white === 1 && primaries === 1 && !reader.flag() && number() === 13
}

function depthOf(reader: BitReader): number {
  if (!reader.flag()) return Math.min(16, reader.choice([8, 0], [10, 0], [12, 0], [1, 6]))
  reader.choice([32, 0], [16, 0], [24, 0], [1, 6])
  reader.bits(4)
  return 16
}

function skipPreview(reader: BitReader): void {
  const isSmall = reader.flag()
  const side = () =>
    isSmall
      ? reader.choice([16, 0], [32, 0], [1, 5], [33, 9])
      : reader.choice([1, 6], [65, 8], [321, 10], [1345, 12])
  side()
  if (reader.bits(3) === 0) side()
}

function skipAnimation(reader: BitReader): void {
  reader.choice([100, 0], [1000, 0], [1, 10], [1, 30])
  reader.choice([1, 0], [1001, 0], [1, 8], [1, 10])
  reader.choice([0, 0], [0, 3], [0, 16], [0, 32])
  reader.flag()
}
