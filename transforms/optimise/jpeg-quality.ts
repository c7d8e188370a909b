// The quality a JPEG was saved at, read back from its quantisation tables: libjpeg's and MozJPEG's scale the same way.
import { quantisation, type Segment } from './jpeg-segments.ts'

export interface JpegQuality {
  /** 1 to 100 on that encoder's scale. */
  readonly quality: number
  /** Whose tables; 'unknown' tables (cameras, Photoshop) get the nearest quality of libjpeg's. */
  readonly family: 'libjpeg' | 'mozjpeg' | 'unknown'
}

/** T.81 table K.1, row by row. */
const annexK = [
  16, 11, 10, 16, 24, 40, 51, 61, 12, 12, 14, 19, 26, 58, 60, 55, 14, 13, 16, 24, 40, 57, 69, 56, 14, 17, 22,
  29, 51, 87, 80, 62, 18, 22, 37, 56, 68, 109, 103, 77, 24, 35, 55, 64, 81, 104, 113, 92, 49, 64, 78, 87, 103,
  121, 120, 101, 72, 92, 95, 98, 112, 100, 103, 99,
]
/** MozJPEG's default, number 3 (jcparam.c: N. Robidoux's). */
const robidoux = [
  16, 16, 16, 18, 25, 37, 56, 85, 16, 17, 20, 27, 34, 40, 53, 75, 16, 20, 24, 31, 43, 62, 91, 135, 18, 27, 31,
  40, 53, 74, 106, 156, 25, 34, 43, 53, 69, 94, 131, 189, 37, 40, 62, 74, 94, 124, 169, 238, 56, 53, 91, 106,
  131, 169, 226, 311, 85, 75, 135, 156, 189, 238, 311, 418,
]
/** Where each value of the zigzag order (T.81 figure 5) stands in its row-by-row table. */
const zigzag = [
  0, 1, 8, 16, 9, 2, 3, 10, 17, 24, 32, 25, 18, 11, 4, 5, 12, 19, 26, 33, 40, 48, 41, 34, 27, 20, 13, 6, 7,
  14, 21, 28, 35, 42, 49, 56, 57, 50, 43, 36, 29, 22, 15, 23, 30, 37, 44, 51, 58, 59, 52, 45, 38, 31, 39, 46,
  53, 60, 61, 54, 47, 55, 62, 63,
]

/** Null where there is no complete table for luminance. */
export function jpegQuality(segments: readonly Segment[]): JpegQuality | null {
  const table = luminance(segments)
  if (!table) return null
  const [plain, moz] = [nearest(table, annexK), nearest(table, robidoux)]
  if (moz.off === 0 && plain.off > 0) return { quality: moz.quality, family: 'mozjpeg' }
  return { quality: plain.quality, family: plain.off === 0 ? 'libjpeg' : 'unknown' }
}

/** Table 0, of 8 or of 16 bits (T.81 B.2.4.1). A segment may hold several. */
function luminance(segments: readonly Segment[]): number[] | undefined {
  for (const { marker, content } of segments) {
    if (marker !== quantisation) continue
    for (let at = 0; at < content.length; ) {
      const head = content[at] ?? 0
      const wide = head >> 4 ? 2 : 1
      const values = content.subarray(at + 1, at + 1 + 64 * wide)
      if ((head & 15) === 0 && values.length === 64 * wide)
        return zigzag.map((_, i) =>
          wide === 2 ? ((values[i * 2] ?? 0) << 8) | (values[i * 2 + 1] ?? 0) : (values[i] ?? 0),
        )
      at += 1 + 64 * wide
    }
  }
  return undefined
}

function nearest(table: readonly number[], base: readonly number[]): { quality: number; off: number } {
  let best = { quality: 1, off: Number.POSITIVE_INFINITY }
  for (let quality = 1; quality <= 100; quality++) {
    const off = table.reduce(
      (sum, value, i) => sum + Math.abs(value - scaled(base[zigzag[i] ?? 0] ?? 0, quality)),
      0,
    )
    if (off < best.off) best = { quality, off }
  }
  return best
}

/** jpeg_quality_scaling and jpeg_add_quant_table, with the limit of 255 that every encoder in use sets. */
function scaled(value: number, quality: number): number {
  const factor = quality < 50 ? Math.trunc(5000 / quality) : 200 - quality * 2
  return Math.min(255, Math.max(1, Math.trunc((value * factor + 50) / 100)))
}
