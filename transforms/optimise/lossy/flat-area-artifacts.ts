// Finds small damage in flat areas: words that lose their colour, lines that fade, blocks in a plain surface. A mean over
// the picture or over a tile hides such damage. Blocks of four by four pixels are compared by their means, so that noise
// and fine texture do not count.
import type { Pixels } from '../metric/index.ts'

const side = 4
/** A block is flat when the lowest and the highest level of each channel are no further apart than this. */
const flatRange = 12
/** A block's surroundings reach so many blocks each way. It lies in a flat area when this share of them is flat. */
const reach = 2
const leastShare = 0.52
/** The worst block does not count; in a large picture the worst one in ten thousand do not. */
const [forgiven, forgivenShare] = [1, 1e-4]

/** Measures by how many levels (of 255) the worst blocks are off. A block counts by the channel that is off most. */
export function createFlatAreaMeasure({ rgb, width, height }: Pixels): (rgb: Uint8Array) => number {
  const [across, down] = [Math.floor(width / side), Math.floor(height / side)]
  const places = findFlatAreas(rgb, width, { across, down })
  const before = Uint16Array.from({ length: places.length * 3 }, (_, i) =>
    sumBlock(rgb, (places[Math.floor(i / 3)] ?? 0) + (i % 3), width),
  )
  const worst = Math.max(forgiven, Math.floor(across * down * forgivenShare))
  return (other) => {
    const counts = new Uint32Array(255 * side * side + 1)
    for (let i = 0; i < places.length; i++) {
      const at = places[i] ?? 0
      const red = Math.abs(sumBlock(other, at, width) - (before[i * 3] ?? 0))
      const green = Math.abs(sumBlock(other, at + 1, width) - (before[i * 3 + 1] ?? 0))
      const blue = Math.abs(sumBlock(other, at + 2, width) - (before[i * 3 + 2] ?? 0))
      const off = Math.max(red, green, blue)
      counts[off] = (counts[off] ?? 0) + 1
    }
    return findHighestExceptFew(counts, worst) / (side * side)
  }
}

function sumBlock(rgb: Uint8Array, at: number, width: number): number {
  let sum = 0
  for (let y = 0, row = at; y < side; y++, row += width * 3)
    sum += (rgb[row] ?? 0) + (rgb[row + 3] ?? 0) + (rgb[row + 6] ?? 0) + (rgb[row + 9] ?? 0)
  return sum
}

interface BlockGrid {
  readonly across: number
  readonly down: number
}

/** Whether each channel of a block stays within the flat range. */
function isFlatBlock(rgb: Uint8Array, at: number, width: number): boolean {
  for (let channel = at; channel < at + 3; channel++) {
    const first = rgb[channel] ?? 0
    let [low, high] = [first, first]
    for (let y = 0, row = channel; y < side; y++, row += width * 3)
      for (let x = row; x < row + side * 3; x += 3) {
        const value = rgb[x] ?? 0
        if (value < low) low = value
        else if (value > high) high = value
      }
    if (high - low > flatRange) return false
  }
  return true
}

/** The offset of the first sample of each block that lies in a flat area. */
function findFlatAreas(rgb: Uint8Array, width: number, { across, down }: BlockGrid): Uint32Array {
  const above = across + 1
  // A summed-area table: how many flat blocks lie above and to the left of each corner. Four corners give any rectangle.
  const calm = new Uint32Array(above * (down + 1))
  for (let y = 0; y < down; y++)
    for (let x = 0, row = 0; x < across; x++) {
      if (isFlatBlock(rgb, (y * side * width + x * side) * 3, width)) row++
      calm[(y + 1) * above + x + 1] = (calm[y * above + x + 1] ?? 0) + row
    }
  const upTo = (y: number, x: number) => calm[y * above + x] ?? 0
  const places = new Uint32Array(across * down)
  let count = 0
  for (let y = 0; y < down; y++)
    for (let x = 0; x < across; x++) {
      const [top, bottom] = [Math.max(0, y - reach), Math.min(down, y + reach + 1)]
      const [left, right] = [Math.max(0, x - reach), Math.min(across, x + reach + 1)]
      const among = upTo(bottom, right) - upTo(top, right) - upTo(bottom, left) + upTo(top, left)
      if (among >= (bottom - top) * (right - left) * leastShare)
        places[count++] = (y * side * width + x * side) * 3
    }
  return places.slice(0, count)
}

function findHighestExceptFew(counts: Uint32Array, few: number): number {
  let seen = 0
  for (let off = counts.length - 1; off > 0; off--) {
    seen += counts[off] ?? 0
    if (seen > few) return off
  }
  return 0
}
