// A source's facts as a JSON document (fm=json), and the media types of what a source can be.
import { type Facts, type SourceFormat, upright } from '../transforms/index.ts'

/** As sent in halftone-source-type. */
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
}

/** `width` and `height` are what a viewer sees; `stored` is before the EXIF orientation. */
export function describe(facts: Facts): Buffer {
  const { format, width, height, scans: _, ...rest } = facts
  const document = {
    format,
    type: sourceTypes[format],
    ...upright(facts),
    stored: { width, height },
    ...rest,
  }
  return Buffer.from(`${JSON.stringify(document, null, 2)}\n`)
}
