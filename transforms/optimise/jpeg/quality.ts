// Estimates the quality of a JPEG for the identification report. libjpeg's and MozJPEG's tables scale by the same rule.

import { baseTables } from '../lossy/quantisation-tables.ts'
import { defineQuantisation, type Segment } from './segments.ts'

export interface JpegQuality {
  /** 1 to 100, on the scale of the family's encoder. */
  readonly quality: number
  /** The encoder whose tables these are. 'unknown' tables (cameras, Photoshop) get libjpeg's nearest quality. */
  readonly family: 'libjpeg' | 'mozjpeg' | 'unknown'
}

/** Null where there is no complete luminance table. */
export function estimateQuality(segments: readonly Segment[]): JpegQuality | null {
  const table = findLuminanceTable(segments)
  if (!table) return null
  const plain = findNearestQuality(table, baseTables.libjpeg)
  const moz = [baseTables.mozjpeg, baseTables.klein, baseTables.mssim].map((base) =>
    findNearestQuality(table, base),
  )
  const exact = moz.find(({ off }) => off === 0)
  if (exact && plain.off > 0) return { quality: exact.quality, family: 'mozjpeg' }
  return { quality: plain.quality, family: plain.off === 0 ? 'libjpeg' : 'unknown' }
}

/** Table 0, of 8 or of 16 bits (T.81 B.2.4.1). A segment may hold several. */
function findLuminanceTable(segments: readonly Segment[]): number[] | undefined {
  for (const { marker, content } of segments) {
    if (marker !== defineQuantisation) continue
    for (let at = 0; at < content.length; ) {
      const head = content[at] ?? 0
      const wide = head >> 4 ? 2 : 1
      const values = content.subarray(at + 1, at + 1 + 64 * wide)
      if ((head & 15) === 0 && values.length === 64 * wide)
        return Array.from({ length: 64 }, (_, i) =>
          wide === 2 ? ((values[i * 2] ?? 0) << 8) | (values[i * 2 + 1] ?? 0) : (values[i] ?? 0),
        )
      at += 1 + 64 * wide
    }
  }
  return undefined
}

function findNearestQuality(
  table: readonly number[],
  base: readonly number[],
): { quality: number; off: number } {
  let best = { quality: 1, off: Number.POSITIVE_INFINITY }
  for (let quality = 1; quality <= 100; quality++) {
    const off = table.reduce((sum, value, i) => sum + Math.abs(value - scaleEntry(base[i] ?? 0, quality)), 0)
    if (off < best.off) best = { quality, off }
  }
  return best
}

/** jpeg_quality_scaling and jpeg_add_quant_table, with the limit of 255 that every encoder in use sets. */
function scaleEntry(value: number, quality: number): number {
  const factor = quality < 50 ? Math.trunc(5000 / quality) : 200 - quality * 2
  return Math.min(255, Math.max(1, Math.trunc((value * factor + 50) / 100)))
}
