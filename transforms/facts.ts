// What a picture says of itself in its first bytes, without decoding a pixel.

/** Every format we can name. Only those in `formats.ts` can also be read or written. */
export type SourceFormat =
  | 'jpeg'
  | 'png'
  | 'gif'
  | 'webp'
  | 'avif'
  | 'svg'
  | 'tiff'
  | 'heic'
  | 'jxl'
  | 'jp2'
  | 'bmp'
  | 'ico'
  | 'pdf'
  | 'psd'
  | 'raw'
  | 'mp4'
  | 'webm'

/** Their media types. */
export const sourceTypes: Readonly<Record<SourceFormat, string>> = {
  jpeg: 'image/jpeg',
  png: 'image/png',
  gif: 'image/gif',
  webp: 'image/webp',
  avif: 'image/avif',
  svg: 'image/svg+xml',
  tiff: 'image/tiff',
  heic: 'image/heic',
  jxl: 'image/jxl',
  jp2: 'image/jp2',
  bmp: 'image/bmp',
  ico: 'image/vnd.microsoft.icon',
  pdf: 'application/pdf',
  psd: 'image/vnd.adobe.photoshop',
  raw: 'image/x-dcraw',
  mp4: 'video/mp4',
  webm: 'video/webm',
}

/** Chromaticities x and y of red, green, blue and white. */
export type Primaries = readonly [number, number, number, number, number, number, number, number]

/** How a sample becomes light; a number is the exponent of a plain power. */
export type Transfer = 'srgb' | 'bt709' | 'smpte240' | 'linear' | 'log100' | 'log316' | 'pq' | 'hlg' | number

/** What a picture's samples mean. */
export interface Coding {
  readonly primaries: Primaries
  readonly transfer: Transfer
  /** False where black is 16 and white 235 (of 255), and the decoder leaves it so. */
  readonly fullRange: boolean
}

export interface Facts {
  readonly format: SourceFormat
  /** As stored, before orientation, in pixels, of one frame. */
  readonly width: number
  readonly height: number
  /** Of a drawing whose size is not in whole pixels: what it is before rounding, so that no ratio is lost. */
  readonly exact?: { readonly width: number; readonly height: number }
  /** EXIF orientation 1 to 8; anything absent or invalid is 1. */
  readonly orientation: number
  /** Frames or pages; 1 for a still. */
  readonly pages: number
  /** Of a document whose pages are not all as large as its first. */
  readonly pageSizes?: readonly { readonly width: number; readonly height: number }[]
  /** How long a film lasts, where it says so. */
  readonly seconds?: number
  /** More than one frame in a format that moves (GIF, WebP, APNG, AVIF sequence); a multipage TIFF is not. */
  readonly animated: boolean
  /** May hold transparent pixels. */
  readonly alpha: boolean
  readonly progressive: boolean
  /** A WebP whose every frame is coded without loss. Absent where the format, or the header, does not say. */
  readonly lossless?: boolean
  /** The ICC profile's presence. */
  readonly icc: boolean
  /** A JPEG that says of itself that further pictures follow it: what makes it brighter may be among them. */
  readonly gainMap?: true
  /** What the samples mean, where that is told without a profile or against it, and they have to be converted. */
  readonly colour?: Coding
  /** Samples of a TIFF are lightness, a and b, the latter two as signed numbers or counted from the middle. */
  readonly lab?: 'signed' | 'offset'
  /** How the pixels are stored. */
  readonly space: 'rgb' | 'gray' | 'cmyk' | 'palette'
  /** Bits of one channel: 1 to 16. */
  readonly depth: number
  /** Progressive scans in a JPEG, layers and filter steps in an SVG: each costs a pass over the whole picture; else 1. */
  readonly scans: number
  /** Bytes of the source. */
  readonly bytes: number
  /** Where its content lies in the region of it that is used, once its pixels have been looked at for `trim`. */
  readonly content?: {
    readonly left: number
    readonly top: number
    readonly width: number
    readonly height: number
  }
  /** Where faces lie in that region, as shares of its sides, the largest first, once they have been looked for. */
  readonly faces?: readonly {
    readonly left: number
    readonly top: number
    readonly width: number
    readonly height: number
  }[]
  /** The same of the pictures that further passes are done to, once their pixels have been looked at. */
  readonly later?: readonly Pick<Facts, 'content' | 'faces'>[]
}

/** Of an upright still picture in RGB with 8 bits: what a format has nothing else to say of. */
export const plainFacts = {
  orientation: 1,
  pages: 1,
  animated: false,
  alpha: false,
  progressive: false,
  icc: false,
  space: 'rgb',
  depth: 8,
  scans: 1,
} as const satisfies Partial<Facts>

/** Whether plain pixels hold all of it, which know no profile, no transparency and no more than 8 bits. */
export const isOfPlainPixels = ({ icc, alpha, depth }: Pick<Facts, 'icc' | 'alpha' | 'depth'>): boolean =>
  !icc && !alpha && depth <= 8

/** Without pixels of its own: it is drawn at the size that is wanted. */
export const isDrawing = ({ format }: Pick<Facts, 'format'>): boolean => format === 'svg' || format === 'pdf'

/** The facts of one page, counted from 1; the last stands for those that there are not. */
export function onPage(facts: Facts, page = 1): Facts {
  const { pageSizes, ...all } = facts
  const size = pageSizes?.[Math.min(page, pageSizes.length) - 1]
  return size ? { ...all, ...size } : facts
}

/** Width and height as a viewer sees them: swapped for the four orientations that lie on their side. */
export function upright(facts: Pick<Facts, 'width' | 'height' | 'orientation'>): {
  readonly width: number
  readonly height: number
} {
  const lies = facts.orientation >= 5
  return lies ? { width: facts.height, height: facts.width } : { width: facts.width, height: facts.height }
}
