// A colour that comes in over the picture, from nothing to its own opacity. What is transparent stays so.
import type { Pixels } from '../../pixels/run.ts'
import type { Shade } from '../../steps/shade.ts'
import { coloursOf, inColour } from './channels.ts'

export function shaded(source: Pixels, shade: Shade): Pixels {
  const { r, g, b, alpha } = shade.colour
  const pixels = r === g && g === b ? source : inColour(source)
  const { data, width, height, channels } = pixels
  const made = Uint8ClampedArray.from(data)
  const paint = [r, g, b]
  const colours = coloursOf(pixels)
  const share = shares(shade, width, height)
  for (let y = 0, at = 0; y < height; y++)
    for (let x = 0; x < width; x++, at += channels) {
      const opacity = alpha * share(x, y)
      if (opacity === 0) continue
      for (let c = 0; c < colours; c++) {
        const below = data[at + c] as number
        made[at + c] = below + ((paint[c] as number) - below) * opacity
      }
    }
  return { ...pixels, data: new Uint8Array(made.buffer, made.byteOffset, made.length) }
}

/** How far it has come in at a pixel, 0 to 1; corners are where it begins and ends (CSS Images 3, 3.1.1). */
function shares({ degrees, from, to }: Shade, width: number, height: number) {
  const radians = (degrees * Math.PI) / 180
  const [dx, dy] = [-Math.sin(radians), Math.cos(radians)]
  const length = Math.abs(width * dx) + Math.abs(height * dy)
  return (x: number, y: number): number => {
    const way = ((x + 0.5 - width / 2) * dx + (y + 0.5 - height / 2) * dy) / length + 0.5
    if (to <= from) return way >= from ? 1 : 0
    return Math.min(1, Math.max(0, (way - from) / (to - from)))
  }
}
