// One quality scale for all formats: `q` is on JPEG's scale, and each format gets the number that looks the same.
import type { OutputFormat } from './formats.ts'

/**
 * Anchors [q, the format's own number], joined by straight lines: of equal SSIM to a JPEG of quality q, at the settings
 * of render/encode.ts, median of 14 photographs; from bench/results/calibrate-quality.json. At 80 WebP then takes 0.91 and
 * AVIF 0.73 of the JPEG's bytes.
 */
const scales: Readonly<Record<'webp' | 'avif', readonly (readonly [number, number])[]>> = {
  webp: [
    [0, 1],
    [20, 20],
    [30, 38],
    [40, 54],
    [50, 66],
    [60, 75],
    [70, 80],
    [80, 85],
    [90, 92],
    [95, 97],
    [100, 100],
  ],
  avif: [
    [0, 5],
    [20, 30],
    [30, 40],
    [40, 45],
    [50, 49],
    [60, 53],
    [70, 59],
    [80, 66],
    [85, 72],
    [90, 82],
    [95, 90],
    [100, 98],
  ],
}

/** Used when the URL names no quality: `saving` is for clients that asked to save data, or auto=compress. */
const defaults = { normal: 80, saving: 45 } as const

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
  const q = asFor(asked, saving)
  if (format === 'jpeg') return Math.max(1, q)
  if (format !== 'webp' && format !== 'avif') return undefined
  return Math.round(interpolate(scales[format], q))
}

function interpolate(anchors: readonly (readonly [number, number])[], x: number): number {
  for (let i = 1; i < anchors.length; i++) {
    const [x0, y0] = anchors[i - 1] ?? [0, 0]
    const [x1, y1] = anchors[i] ?? [100, 100]
    if (x <= x1) return y0 + ((x - x0) * (y1 - y0)) / (x1 - x0)
  }
  return anchors.at(-1)?.[1] ?? x
}
