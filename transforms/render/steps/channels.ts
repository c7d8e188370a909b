// Finished pixels, channel by channel: tables upon each value, grey as colour, alpha beside it.
import type { Pixels } from '../../pixels/run.ts'

/** How many of the channels are colours or grey; what follows is alpha. */
export const coloursOf = ({ channels }: Pick<Pixels, 'channels'>): 1 | 3 => (channels < 3 ? 1 : 3)

export const hasAlpha = ({ channels }: Pick<Pixels, 'channels'>): boolean => channels % 2 === 0

/** A table of what each of 256 values becomes. */
export const tableOf = (curve: (value: number) => number): Uint8Array =>
  Uint8Array.from({ length: 256 }, (_, value) => byte(curve(value)))

export const byte = (value: number): number => (value <= 0 ? 0 : value >= 255 ? 255 : Math.round(value))

/** Every colour by the table; alpha stays. */
export function mapped(pixels: Pixels, table: Uint8Array): Pixels {
  const { data, channels } = pixels
  const made = new Uint8Array(data.length)
  const colours = coloursOf(pixels)
  for (let at = 0; at < data.length; at += channels) {
    for (let c = 0; c < colours; c++) made[at + c] = table[data[at + c] as number] as number
    if (colours < channels) made[at + colours] = data[at + colours] as number
  }
  return { ...pixels, data: made }
}

/** Red, green and blue instead of grey; alpha as it is. */
export function inColour(pixels: Pixels): Pixels {
  const { data, channels } = pixels
  if (channels > 2) return pixels
  const to = channels === 2 ? 4 : 3
  const made = new Uint8Array((data.length / channels) * to)
  for (let from = 0, at = 0; from < data.length; from += channels, at += to) {
    made.fill(data[from] as number, at, at + 3)
    if (to === 4) made[at + 3] = data[from + 1] as number
  }
  return { ...pixels, data: made, channels: to }
}

/** Red, green, blue and alpha. */
export function withAlpha(pixels: Pixels): Pixels {
  const coloured = inColour(pixels)
  if (coloured.channels === 4) return coloured
  const { data } = coloured
  const made = new Uint8Array((data.length / 3) * 4)
  for (let from = 0, at = 0; from < data.length; from += 3, at += 4) {
    made[at] = data[from] as number
    made[at + 1] = data[from + 1] as number
    made[at + 2] = data[from + 2] as number
    made[at + 3] = 255
  }
  return { ...coloured, data: made, channels: 4 }
}

/** How light a colour is as it is stored, 0 to 255 (BT.709). */
export const lightOf = (r: number, g: number, b: number): number => 0.2126 * r + 0.7152 * g + 0.0722 * b
