// The merged picture of a Photoshop document. It becomes a plain TIFF in memory, which keeps inks, profile and 16 bits, so
// that its colours go the way of every other source's.
import { Failure } from '../../errors.ts'
import { u16be, u32be } from '../identify/bytes.ts'
import { modes, type PsdLayout, psdLayout } from '../identify/psd.ts'
import { plainTiff } from '../pixels/plain-tiff.ts'

/** Fails with 'source-broken' where pixels are missing, and with 'source-unsupported' for a packing that is not read. */
export function photoshopAsTiff(bytes: Uint8Array): Buffer {
  const layout = psdLayout(bytes)
  const { width, height, depth, mode, icc, alpha, palette } = layout
  const { colours, space } = modes[mode]
  const count = colours + (alpha ? 1 : 0)
  const planes = planesOf(bytes, layout, count)
  const size = { width, height }
  const profile = icc && { icc }
  if (depth === 1)
    return plainTiff({ ...size, channels: 1, depth: 8, space: 'gray', data: spread(planes, size) })
  if (palette) {
    const colour = { channels: count === 2 ? 4 : 3, depth: 8, space: 'rgb' } as const
    return plainTiff({ ...size, ...colour, ...profile, data: looked(planes, palette, width * height) })
  }
  const data = woven(planes, { pixels: width * height, count, step: depth / 8 })
  // Photoshop stores how much light an ink lets through, TIFF how much ink there is.
  if (space === 'cmyk') invert(data, { count, colours, step: depth / 8 })
  if (alpha && space === 'rgb' && depth === 8) unmatte(data)
  return plainTiff({ ...size, ...profile, channels: count, depth: depth === 16 ? 16 : 8, space, data })
}

const stored = 0
const packed = 1

/** One after the other, as they are stored. */
function planesOf(bytes: Uint8Array, layout: PsdLayout, count: number): Uint8Array {
  const { width, height, depth, channels, start, isLarge } = layout
  const row = Math.ceil((width * depth) / 8)
  const length = row * height * count
  const kind = u16be(bytes, start)
  if (kind === stored) {
    if (bytes.length < start + 2 + length) throw cut()
    return bytes.subarray(start + 2, start + 2 + length)
  }
  if (kind !== packed)
    throw new Failure(
      'source-unsupported',
      'The Photoshop document is packed in a way that is not read here.',
    )
  const size = isLarge ? 4 : 2
  const lengths = (n: number) => (isLarge ? u32be : u16be)(bytes, start + 2 + n * size)
  const planes = new Uint8Array(length)
  let at = start + 2 + height * channels * size
  for (let n = 0; n < height * count; n++) {
    const end = at + lengths(n)
    if (end > bytes.length) throw cut()
    unpack(bytes.subarray(at, end), planes.subarray(n * row, (n + 1) * row))
    at = end
  }
  return planes
}

/** PackBits (TIFF 6.0 section 9). */
function unpack(from: Uint8Array, to: Uint8Array): void {
  let [at, put] = [0, 0]
  while (at < from.length && put < to.length) {
    const said = from[at++] ?? 0
    if (said === 128) continue
    const length = said < 128 ? said + 1 : 257 - said
    if (said < 128) {
      const run = from.subarray(at, at + Math.min(length, to.length - put))
      to.set(run, put)
      at += length
    } else to.fill(from[at++] ?? 0, put, put + length)
    put += length
  }
  if (put < to.length) throw cut()
}

interface Weave {
  readonly pixels: number
  readonly count: number
  /** Bytes of a sample. */
  readonly step: number
}

function woven(planes: Uint8Array, { pixels, count, step }: Weave): Uint8Array<ArrayBuffer> {
  const data = new Uint8Array(planes.length)
  for (let c = 0; c < count; c++)
    for (let i = 0, to = c * step, from = c * pixels * step; i < pixels; i++, to += count * step)
      for (let b = 0; b < step; b++) data[to + b] = planes[from++] as number
  return data
}

function invert(
  data: Uint8Array,
  { count, colours, step }: { count: number; colours: number; step: number },
): void {
  for (let at = 0; at < data.length; at += count * step)
    for (let b = 0; b < colours * step; b++) data[at + b] = 255 - (data[at + b] as number)
}

/** The merged colours lie on white; what shows through has that white taken away again. */
function unmatte(data: Uint8Array): void {
  for (let at = 0; at < data.length; at += 4) {
    const alpha = data[at + 3] as number
    if (alpha === 0 || alpha === 255) continue
    for (let c = 0; c < 3; c++) {
      const colour = (((data[at + c] as number) + alpha - 255) * 255) / alpha
      data[at + c] = Math.max(0, Math.min(255, Math.round(colour)))
    }
  }
}

/** A bit is a pixel, 1 is black. */
function spread(
  planes: Uint8Array,
  { width, height }: { width: number; height: number },
): Uint8Array<ArrayBuffer> {
  const row = Math.ceil(width / 8)
  const data = new Uint8Array(width * height)
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++)
      data[y * width + x] = ((planes[y * row + (x >> 3)] as number) >> (7 - (x & 7))) & 1 ? 0 : 255
  return data
}

function looked(planes: Uint8Array, palette: Uint8Array, pixels: number): Uint8Array<ArrayBuffer> {
  const channels = planes.length === pixels * 2 ? 4 : 3
  const data = new Uint8Array(pixels * channels)
  for (let i = 0; i < pixels; i++) {
    const index = planes[i] as number
    for (let c = 0; c < 3; c++) data[i * channels + c] = palette[c * 256 + index] as number
    if (channels === 4) data[i * 4 + 3] = planes[pixels + i] as number
  }
  return data
}

const cut = (): Failure => new Failure('source-broken', 'The source is damaged: it is cut short.')
