// The one figure of the identification report that needs the pixels: how many colours there are.
import { identifySource } from '../identify.ts'
import { run } from '../pixels/run.ts'
import { sharp } from '../pixels/sharp.ts'

/** Counting takes 10 ms a megapixel, and says little about a photograph. */
const mostPixelsToCount = 1e6

/** SVG has no size in pixels of its own; the others are not decoded by sharp. */
const uncounted: readonly string[] = [
  'svg',
  'bmp',
  'ico',
  'psd',
  'raw',
  'heic',
  'jxl',
  'jp2',
  'pdf',
  'mp4',
  'webm',
]

/** How many distinct colours, alpha included; null for an SVG, what sharp does not read, and a large picture without a palette. */
export async function countColours(bytes: Uint8Array): Promise<number | null> {
  const { format, width, height, space } = identifySource(bytes)
  const pixels = width * height
  const isCounted = pixels <= mostPixelsToCount || (space === 'palette' && pixels <= mostPixelsToCount * 16)
  if (uncounted.includes(format) || !isCounted) return null
  const image = sharp(bytes, { limitInputPixels: false, failOn: 'truncated', ignoreIcc: true })
  const { data } = await run(image.toColourspace('srgb').ensureAlpha().raw())
  return new Set(new Uint32Array(data.buffer, data.byteOffset, data.length / 4)).size
}
