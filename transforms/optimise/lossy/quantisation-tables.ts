// Estimates the quality that a JPEG was saved at from its luminance quantisation table (ITU-T T.81 B.2.4.1).
import { defineQuantisation, readSegments } from '../jpeg/segments.ts'

export interface JpegQuantisation {
  /**
   * 'libjpeg': the table of T.81 Annex K, which most cameras and libraries scale. 'mozjpeg': MozJPEG's tables 3, 5 and
   * 2.
   */
  readonly family: 'libjpeg' | 'mozjpeg'
  /** MozJPEG's table, where it is not the default. */
  readonly table?: 'klein' | 'mssim'
  /** 1 to 100, on the family's own scale. */
  readonly quality: number
  /** The table equals one of the family. A camera's own table only comes near one. */
  readonly exact: boolean
}

/** Quality 50 of each, in zigzag order. */
export const baseTables: Readonly<Record<'libjpeg' | 'mozjpeg' | 'klein' | 'mssim', readonly number[]>> = {
  libjpeg: parseTable(
    '16 11 12 14 12 10 16 14 13 14 18 17 16 19 24 40 26 24 22 22 24 49 35 37 29 40 58 51 61 60 57 51 ' +
      '56 55 64 72 92 78 64 68 87 69 55 56 80 109 81 87 95 98 103 104 103 62 77 113 121 112 100 120 92 101 103 99',
  ),
  mozjpeg: parseTable(
    '16 16 16 16 17 16 18 20 20 18 25 27 24 27 25 37 34 31 31 34 37 56 40 43 40 43 40 56 85 53 62 53 ' +
      '53 62 53 85 75 91 74 69 74 91 75 135 106 94 94 106 135 156 131 124 131 156 189 169 169 189 238 226 238 311 311 418',
  ),
  klein: parseTable(
    '10 12 12 14 18 14 19 21 21 19 26 28 25 28 26 38 35 32 32 35 38 57 41 44 41 44 41 57 86 54 63 54 ' +
      '54 63 54 86 76 92 75 70 75 92 76 136 107 95 95 107 136 157 132 125 132 157 190 170 170 190 239 227 239 312 312 419',
  ),
  mssim: parseTable(
    '12 17 18 19 20 20 21 20 20 26 31 26 21 26 30 34 28 26 26 33 40 46 35 36 30 33 51 56 63 61 58 46 ' +
      '40 46 66 68 90 76 62 46 87 69 55 55 86 96 81 86 90 96 102 100 100 66 73 111 121 113 102 120 91 101 105 103',
  ),
}

function parseTable(text: string): number[] {
  return text.split(' ').map(Number)
}

export function matchQuantisation(jpeg: Uint8Array): JpegQuantisation | undefined {
  const table = readLuminanceTable(jpeg)
  if (table === undefined) return undefined
  const names = Object.keys(baseTables) as (keyof typeof baseTables)[]
  const near = names
    .flatMap((name) =>
      qualities.map((quality) => ({ name, quality, off: measureDistance(table, name, quality) })),
    )
    .sort((a, b) => a.off - b.off)[0]
  if (!near) return undefined
  const { name, quality } = near
  const exact = near.off === 0
  if (name === 'libjpeg' || name === 'mozjpeg') return { family: name, quality, exact }
  return { family: 'mozjpeg', table: name, quality, exact }
}

const qualities = Array.from({ length: 100 }, (_, i) => 100 - i)

/** Table 0, of 8 or 16 bits an entry; several tables may share a segment. */
function readLuminanceTable(jpeg: Uint8Array): number[] | undefined {
  for (const { marker, content } of readSegments(jpeg)) {
    if (marker !== defineQuantisation) continue
    for (let at = 0; at < content.length; ) {
      const [kind = 0] = content.subarray(at)
      const bytes = kind >> 4 ? 2 : 1
      const entries = Array.from({ length: 64 }, (_, i) =>
        bytes === 1
          ? (content[at + 1 + i] ?? 0)
          : (content[at + 1 + i * 2] ?? 0) * 256 + (content[at + 2 + i * 2] ?? 0),
      )
      if ((kind & 15) === 0) return entries
      at += 1 + 64 * bytes
    }
  }
  return undefined
}

function measureDistance(table: readonly number[], name: keyof typeof baseTables, quality: number): number {
  // libjpeg's jpeg_quality_scaling.
  const scale = quality < 50 ? Math.floor(5000 / quality) : 200 - quality * 2
  return baseTables[name].reduce((sum, base, i) => {
    const scaled = Math.min(255, Math.max(1, Math.floor((base * scale + 50) / 100)))
    return sum + Math.abs(scaled - Math.min(255, table[i] ?? 0)) / scaled
  }, 0)
}
