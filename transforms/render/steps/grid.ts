// A chequerboard behind what is transparent.
import type { Pixels } from '../../pixels/run.ts'
import type { Grid } from '../../steps/grid.ts'
import { hasAlpha, withAlpha } from './channels.ts'

/** Opaque pixels without alpha; the upper left square has the first colour. */
export function onGrid(pixels: Pixels, { colours, side }: Grid): Pixels {
  if (!hasAlpha(pixels)) return pixels
  const { data, width, height } = withAlpha(pixels)
  const made = new Uint8Array(width * height * 3)
  for (let y = 0, at = 0, to = 0; y < height; y++)
    for (let x = 0; x < width; x++, at += 4, to += 3) {
      const { r, g, b } = colours[(Math.floor(x / side) + Math.floor(y / side)) % 2 === 0 ? 0 : 1]
      const alpha = (data[at + 3] as number) / 255
      made[to] = (data[at] as number) * alpha + r * (1 - alpha)
      made[to + 1] = (data[at + 1] as number) * alpha + g * (1 - alpha)
      made[to + 2] = (data[at + 2] as number) * alpha + b * (1 - alpha)
    }
  return { data: made, width, height, channels: 3 }
}
