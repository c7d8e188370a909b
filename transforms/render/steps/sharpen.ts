// Sharpening, also of pictures with transparent parts: libvips sharpens colours that are weighed by their alpha, which
// leaves a dark ring where a picture ends, and colours that nobody sees would leave one as well.
import type { Sharp } from 'sharp'
import { from, type Pixels, pixelsOf } from '../../pixels/run.ts'

/** `strength` 0 to 100: 50 is what sharp takes for a good strength at a radius of one pixel. */
export const sharpened = (image: Sharp, strength: number): Sharp =>
  image.sharpen({ sigma: 1, m1: strength / 50, m2: strength / 25 })

/** How far colours reach into transparency: beyond what sharpening with a sigma of 1 looks at. */
const reachSigma = 3

/** Sharpens as if the visible colours went on beyond their edges; the transparency stays as it is. */
export async function sharpenVisible(image: Sharp, strength: number): Promise<Sharp> {
  const pixels = await pixelsOf(image)
  if (pixels.channels % 2 === 1 || isOpaque(pixels)) return sharpened(from(pixels), strength)
  const reach = await pixelsOf(from(pixels).blur(reachSigma))
  const sharp = await pixelsOf(sharpened(from(visible(pixels, reach)), strength))
  return from(withColours(pixels, sharp))
}

function isOpaque({ data, channels }: Pixels): boolean {
  for (let alpha = channels - 1; alpha < data.length; alpha += channels) if (data[alpha] !== 255) return false
  return true
}

/** Below this alpha a colour is told in too few steps to be sharpened as it stands. */
const trusted = 64

/** The colours alone: its own where something shows, elsewhere those of what is near. */
function visible(pixels: Pixels, near: Pixels): Pixels {
  const { data, channels } = pixels
  const colours = channels === 4 ? 3 : 1
  const made = new Uint8Array((data.length / channels) * colours)
  for (let at = 0, to = 0; at < data.length; at += channels) {
    const own = Math.min(1, (data[at + colours] ?? 0) / trusted)
    for (let channel = 0; channel < colours; channel++)
      made[to++] = Math.round((data[at + channel] ?? 0) * own + (near.data[at + channel] ?? 0) * (1 - own))
  }
  return { ...pixels, data: made, channels: colours }
}

function withColours(pixels: Pixels, sharp: Pixels): Pixels {
  const { data, channels } = pixels
  const made = Uint8Array.from(data)
  const step = sharp.channels
  for (let at = 0, from = 0; at < data.length; at += channels, from += step) {
    if (data[at + channels - 1] === 0) continue
    for (let channel = 0; channel < channels - 1; channel++)
      made[at + channel] = sharp.data[from + Math.min(channel, step - 1)] ?? 0
  }
  return { ...pixels, data: made }
}
