// One quality scale for all formats: `q` is on JPEG's scale, and each format gets the number that looks the same.
import type { OutputFormat } from './formats.ts'

/**
 * Anchors [q, the format's own number], joined by straight lines: of equal SSIMULACRA2 to a JPEG of quality q by the
 * standard's tables, at the settings of render/encode-still.ts; medians of photographs at ordinary sizes, measured by
 * bench/bytes.ts. Of that JPEG's bytes JPEG then takes 0.91 at 80, WebP and AVIF 0.75; at 90 0.97, 0.86 and 0.76.
 */
const scales: Readonly<Record<'jpeg' | 'webp' | 'avif' | 'jxl', Anchors>> = {
  jpeg: [
    [0, 1],
    [20, 19],
    [30, 27],
    [40, 37],
    [50, 46],
    [60, 55],
    [70, 67],
    [80, 79],
    [85, 84],
    [90, 90],
    [95, 96],
    [100, 100],
  ],
  webp: [
    [0, 1],
    [20, 4],
    [30, 21],
    [40, 33],
    [50, 44],
    [60, 54],
    [70, 69],
    [75, 76], // libwebp's scale has a bend at 75
    [80, 79],
    [85, 84],
    [90, 90],
    [95, 97],
    [100, 100],
  ],
  avif: [
    [0, 5],
    [20, 27],
    [30, 39],
    [40, 45],
    [50, 50],
    [60, 53],
    [70, 59],
    [80, 67],
    [85, 73],
    [90, 81],
    [95, 91],
    [100, 98],
  ],
  // Of cjxl 0.7 at effort 3, by the same score of 5 photographs; its 100 is without loss. At 80 it takes 0.83 of the bytes.
  jxl: [
    [0, 5],
    [20, 18],
    [30, 35],
    [50, 61],
    [70, 73],
    [80, 81],
    [90, 89],
    [95, 94],
    [100, 99],
  ],
}

type Anchors = readonly (readonly [number, number])[]

/** [`webp` above, the number of sharp's encoder of equal look]. */
const bySharp: Anchors = [
  [0, 10],
  [21, 29],
  [33, 44],
  [44, 57],
  [54, 68],
  [69, 78],
  [79, 85],
  [84, 88],
  [90, 92],
  [97, 97],
  [100, 100],
]

/** For films and the largest pictures, which sharp's WebP encoder writes: its number for one of ours. */
export const sharpWebpQuality = (quality: number): number => Math.round(interpolate(bySharp, quality))

/**
 * Used when the URL names no quality: `saving` is for clients that asked to save data, or auto=compress. At 75 photographs
 * score 75 in each format, a point below what q=auto aims at. imgproxy's defaults score 78 (JPEG), 73 (WebP) and 76 (AVIF),
 * in 1.26, 1.04 and 0.94 times the bytes. At its scores we would take 0.90, 0.86 and 1.09 times its bytes, AVIF in 0.29 of
 * its CPU: what that costs, the second encoding brings back. At 80 it would be 78, for a sixth more bytes.
 */
const defaults = { normal: 75, saving: 45 } as const

/** On the scale of `q`: from here on viewers expect crisp coloured edges, and pay for them with a tenth more bytes. */
const fullColourFrom = 90

const asFor = (asked: number | undefined, saving: boolean): number =>
  asked ?? (saving ? defaults.saving : defaults.normal)

/** Whether colour is stored at full resolution where the format can, whatever the picture shows. */
export const isFullColour = (format: OutputFormat, asked: number | undefined, saving: boolean): boolean =>
  (format === 'jpeg' || format === 'avif') && asFor(asked, saving) >= fullColourFrom

/** The encoder's own quality for `asked` (0 to 100 on JPEG's scale); undefined for formats without one. */
export function qualityFor(
  format: OutputFormat,
  asked: number | undefined,
  saving: boolean,
): number | undefined {
  if (format === 'png' || format === 'gif') return undefined
  return Math.round(interpolate(scales[format], asFor(asked, saving)))
}

function interpolate(anchors: Anchors, x: number): number {
  for (let i = 1; i < anchors.length; i++) {
    const [x0, y0] = anchors[i - 1] ?? [0, 0]
    const [x1, y1] = anchors[i] ?? [100, 100]
    if (x <= x1) return y0 + ((x - x0) * (y1 - y0)) / (x1 - x0)
  }
  return anchors.at(-1)?.[1] ?? x
}
