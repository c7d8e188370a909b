// The frames of an animated PNG (W3C PNG, third edition, 4.9 and 11.3.6), each as a PNG of its own. Pure.
import { broken, u8, u16be, u32be } from '../../identify/bytes.ts'
import { buildChunk, readChunks, signature } from '../../optimise/png/chunks.ts'

export interface PngFrame {
  /** A whole PNG of the frame's own size; made when it is asked for. */
  png(): Buffer
  readonly left: number
  readonly top: number
  readonly width: number
  readonly height: number
  /** Milliseconds. */
  readonly delay: number
  /** What becomes of its place afterwards: it stays, is cleared, or is again as it was before. */
  readonly disposal: 'none' | 'background' | 'previous'
  /** Whether it is laid upon what is there, or replaces it. */
  readonly blends: boolean
}

export interface PngFilm {
  readonly width: number
  readonly height: number
  /** Times to play; 0 for ever. */
  readonly loop: number
  readonly frames: readonly PngFrame[]
}

const disposals = ['none', 'background', 'previous'] as const
/** Chunks that say how pixels are to be read; what else stands in front of the pixels is no part of a frame. */
const shared: ReadonlySet<string> = new Set(['PLTE', 'tRNS', 'iCCP', 'sRGB', 'gAMA', 'cHRM', 'cICP', 'sBIT'])

interface Begun {
  readonly control: Uint8Array
  readonly data: Uint8Array[]
}

/** Fails with 'source-broken' for a frame outside the picture, or one without pixels. */
export function framesOfPng(file: Uint8Array): PngFilm {
  const header = file.subarray(16, 29)
  const size = { width: u32be(file, 16), height: u32be(file, 20) }
  const head: Uint8Array[] = []
  const begun: Begun[] = []
  let loop = 0
  for (const { type, content, bytes } of readChunks(file)) {
    if (shared.has(type)) head.push(bytes)
    if (type === 'acTL') loop = u32be(content, 4)
    if (type === 'fcTL') begun.push({ control: content, data: [] })
    // Pixels in front of the first frame are for those who know no animation.
    if (type === 'IDAT') begun.at(-1)?.data.push(content)
    if (type === 'fdAT') begun.at(-1)?.data.push(content.subarray(4))
  }
  return { ...size, loop, frames: begun.map((each) => frameOf(each, { header, head, size })) }
}

interface Around {
  readonly header: Uint8Array
  readonly head: readonly Uint8Array[]
  readonly size: { readonly width: number; readonly height: number }
}

function frameOf({ control, data }: Begun, { header, head, size }: Around): PngFrame {
  const [width, height] = [u32be(control, 4), u32be(control, 8)]
  const [left, top] = [u32be(control, 12), u32be(control, 16)]
  if (width < 1 || height < 1 || left + width > size.width || top + height > size.height || data.length === 0)
    throw broken('a frame lies outside the picture, or has no pixels')
  const own = Buffer.from(header)
  own.writeUInt32BE(width, 0)
  own.writeUInt32BE(height, 4)
  return {
    png: () =>
      Buffer.concat([
        signature,
        buildChunk('IHDR', own).bytes,
        ...head,
        ...data.map((each) => buildChunk('IDAT', each).bytes),
        buildChunk('IEND', new Uint8Array()).bytes,
      ]),
    ...{ left, top, width, height },
    // A divisor of 0 stands for 100 (11.3.6.2).
    delay: Math.round((u16be(control, 20) * 1000) / (u16be(control, 22) || 100)),
    disposal: disposals[u8(control, 24)] ?? 'none',
    blends: u8(control, 25) === 1,
  }
}
