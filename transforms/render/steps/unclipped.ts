// What resizing does along a hard edge of transparency: alpha swings beyond full and is cut off there, and its swing stays
// in the colours as a light ring, faint by itself, which sharpening would double.
import type { Sharp } from 'sharp'
import { from, type Pixels, pixelsOf } from '../../pixels/run.ts'

/** Half of a byte's range for alpha, with a quarter of it on both sides for what swings beyond. */
const room = 64
const full = 128
const halved = (alpha: number): number => room + Math.round((alpha * full) / 255)

/** The end of a channel, but for what is lost by rounding. */
const mostKnown = 250

/** How opaque a pixel is, 1 for full, before it was cut off. */
const opacity = (value: number): number => (value - room) / full

/** The picture that `frame` makes of `source`, its colours without the share of alpha that was cut off. */
export async function unclipped(source: Sharp, frame: (image: Sharp) => Sharp): Promise<Sharp> {
  const alpha = await pixelsOf(source.clone().extractChannel('alpha'))
  if (alpha.channels !== 1 || alpha.data.length !== alpha.width * alpha.height) return frame(source)
  const swings = await pixelsOf(frame(from({ ...alpha, data: alpha.data.map(halved) })))
  const pixels = await pixelsOf(frame(source))
  if (pixels.width !== swings.width || pixels.height !== swings.height) return from(pixels)
  return from(corrected(pixels, swings))
}

function corrected(pixels: Pixels, swings: Pixels): Pixels {
  const { channels } = pixels
  const data = Uint8Array.from(pixels.data)
  for (let at = 0, pixel = 0; at < data.length; at += channels, pixel++) {
    const alpha = (data[at + channels - 1] ?? 0) / 255
    const share = alpha / opacity(swings.data[pixel * swings.channels] ?? 0)
    // Where there is little to see, rounding alone makes a large share of it.
    if (share >= 1 || share < 0.5) continue
    for (let channel = at; channel < at + channels - 1; channel++) {
      const value = data[channel] ?? 0
      // A colour at its own end was cut off as well: nobody knows how far it went.
      if (value < mostKnown) data[channel] = Math.round(value * share)
    }
  }
  return { ...pixels, data }
}
