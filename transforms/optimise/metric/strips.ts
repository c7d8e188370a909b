// Cuts a large picture into strips for the comparison. Sums add up, so the score is the same with less memory.

/** Rows at full size: errors are counted from `from` to `to`, and the blur needs the rows from `top` to `bottom`. */
export interface Strip {
  readonly top: number
  readonly bottom: number
  readonly from: number
  readonly to: number
}

/** The side of a tile in pixels. Strips are aligned to it, as it holds whole pixels of every scale. */
export const tileSide = 128
/** A picture of more pixels is cut. Each pixel takes about 30 bytes of memory. */
export const defaultStripPixels = 4_000_000
/** The blur reaches four pixels, which at 1:16 are 64 rows. */
const reach = 64

export function cutStrips(width: number, height: number, stripPixels: number): Strip[] {
  if (width * height <= stripPixels) return [{ top: 0, bottom: height, from: 0, to: height }]
  const rows = Math.max(1, Math.floor(stripPixels / width / tileSide)) * tileSide
  const strips: Strip[] = []
  let from = 0
  // Rows left below the last strip belong to it, unless they are half a tile or more.
  while (from < height) {
    const to = height - from - rows < reach ? height : from + rows
    // A whole tile above keeps the tiles aligned.
    strips.push({ top: Math.max(0, from - tileSide), bottom: Math.min(height, to + reach), from, to })
    from = to
  }
  return strips
}
