// A large picture is compared in strips: sums add up, so the score is the same, and memory is a strip's.

/** Full-size rows: `top` to `bottom` are looked at, `from` to `to` are counted. */
export interface Strip {
  readonly top: number
  readonly bottom: number
  readonly from: number
  readonly to: number
}

/** A tile's side, to which strips are aligned: it also holds whole pixels of every scale. */
export const tileSide = 128
/** Above this a picture is cut: some 30 bytes of memory for each pixel. */
export const defaultStripPixels = 4_000_000
/** The blur reaches four pixels, which at 1:16 are 64 rows. */
const reach = 64

export function cutStrips(width: number, height: number, stripPixels: number): Strip[] {
  if (width * height <= stripPixels) return [{ top: 0, bottom: height, from: 0, to: height }]
  const rows = Math.max(1, Math.floor(stripPixels / width / tileSide)) * tileSide
  const strips: Strip[] = []
  let from = 0
  // What is left below the last strip belongs to it, unless it is half a tile or more.
  while (from < height) {
    const to = height - from - rows < reach ? height : from + rows
    // A whole tile above keeps the tiles aligned.
    strips.push({ top: Math.max(0, from - tileSide), bottom: Math.min(height, to + reach), from, to })
    from = to
  }
  return strips
}
