// What a header tells of how much there is to write: drawings are quick, and noise is slow.
import type { Facts, SourceFormat } from '../facts.ts'

/** From 0 to 1: how unlike each other its pixels are, as far as the length of its file tells. */
export const busy = ({ width, height, pages, bytes, format }: Facts): number =>
  format === 'svg' ? 0 : Math.min(1, bytes / (width * height * pages))

/** Bytes a pixel of a file without loss, up to which it is a drawing: photographs take 1 to 3. */
const drawnBytes = 0.4
const withoutLoss: ReadonlySet<SourceFormat> = new Set(['png', 'tiff', 'bmp', 'ico'])

/** Few colours, as far as the header tells: they are what encoders without loss, and those with a palette, are quick with. */
export function isDrawn({ format, space, width, height, pages, bytes }: Facts): boolean {
  if (format === 'gif' || format === 'svg' || space === 'palette') return true
  return withoutLoss.has(format) && bytes < drawnBytes * width * height * pages
}
