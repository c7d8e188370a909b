// Measures ringing on pure white. A product shot shows this damage first; a mean over the picture hardly shows it.
import type { Pixels } from '../metric/index.ts'

/** A picture with a smaller share of white is no product shot. */
const leastShare = 0.1
const pure = 254
/** A pixel with a channel below this level makes an edge against white; a soft shadow stays above it. */
const edge = 230
/** Ringing reaches one block of a JPEG far. */
const reach = 8
const visible = 8

/** Measures the share of pure white near edges that has become off-white; undefined where there is little white. */
export function createWhiteRingingMeasure(pixels: Pixels): ((rgb: Uint8Array) => number) | undefined {
  const places = findWhiteNearEdges(pixels)
  if (places === undefined) return undefined
  return (rgb) => {
    let off = 0
    for (const at of places)
      if (Math.min(rgb[at] ?? 0, rgb[at + 1] ?? 0, rgb[at + 2] ?? 0) < 255 - visible) off++
    return places.length === 0 ? 0 : off / places.length
  }
}

function findWhiteNearEdges({ rgb, width, height }: Pixels): Uint32Array | undefined {
  const count = width * height
  if (countWhite(rgb) < count * leastShare) return undefined
  const lowest = new Uint8Array(count)
  for (let i = 0, at = 0; i < count; i++, at += 3)
    lowest[i] = Math.min(rgb[at] ?? 0, rgb[at + 1] ?? 0, rgb[at + 2] ?? 0)
  const near = growEdges(lowest, width, height)
  const isPlace = (i: number) => near[i] === 1 && (lowest[i] ?? 0) >= pure
  let found = 0
  for (let i = 0; i < count; i++) if (isPlace(i)) found++
  const places = new Uint32Array(found)
  for (let i = 0, to = 0; i < count; i++) if (isPlace(i)) places[to++] = i * 3
  return places
}

/** The first channel is tested first: it rules out most pixels. */
function countWhite(rgb: Uint8Array): number {
  let white = 0
  for (let at = 0; at < rgb.length; at += 3)
    if ((rgb[at] ?? 0) >= pure && (rgb[at + 1] ?? 0) >= pure && (rgb[at + 2] ?? 0) >= pure) white++
  return white
}

/** Marks all pixels within reach of an edge: along rows, then down columns. */
function growEdges(lowest: Uint8Array, width: number, height: number): Uint8Array {
  const rows = new Uint8Array(lowest.length)
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      if ((lowest[y * width + x] ?? 255) >= edge) continue
      rows.fill(1, y * width + Math.max(0, x - reach), y * width + Math.min(width, x + reach + 1))
    }
  const near = new Uint8Array(lowest.length)
  const left = new Int32Array(width).fill(0)
  const sweep = (y: number) => {
    for (let x = 0; x < width; x++) {
      if (rows[y * width + x]) left[x] = reach + 1
      if ((left[x] ?? 0) > 0) {
        near[y * width + x] = 1
        left[x] = (left[x] ?? 0) - 1
      }
    }
  }
  for (let y = 0; y < height; y++) sweep(y)
  left.fill(0)
  for (let y = height - 1; y >= 0; y--) sweep(y)
  return near
}
