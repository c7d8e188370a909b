// Steps upon each pixel by itself: the balance of its colours, black or white, how opaque it is.
import type { Pixels } from '../../pixels/run.ts'
import type { Balance } from '../../steps/balance.ts'
import { coloursOf, inColour, lightOf, tableOf, withAlpha } from './channels.ts'

export function balanced(grey: Pixels, amounts: Balance): Pixels {
  const pixels = inColour(grey)
  const { data, channels } = pixels
  const made = Uint8Array.from(data)
  for (const [c, amount] of amounts.entries()) {
    if (amount === 0) continue
    const table = tableOf((value) => value + amount * 2.55)
    for (let at = c; at < data.length; at += channels) made[at] = table[data[at] as number] as number
  }
  return { ...pixels, data: made }
}

/** Grey stays one channel. */
export function thresholded(pixels: Pixels, percent: number): Pixels {
  const { data, channels } = pixels
  const colours = coloursOf(pixels)
  const least = percent * 2.55
  const made = Uint8Array.from(data)
  for (let at = 0; at < data.length; at += channels) {
    const first = data[at] as number
    const light = colours === 1 ? first : lightOf(first, data[at + 1] as number, data[at + 2] as number)
    // What is white to all appearances is not lost to the rounding of a weighted sum.
    made.fill(light + 1e-6 >= least ? 255 : 0, at, at + colours)
  }
  return { ...pixels, data: made }
}

export function translucent(opaque: Pixels, percent: number): Pixels {
  const pixels = withAlpha(opaque)
  const table = tableOf((value) => (value * percent) / 100)
  const made = Uint8Array.from(pixels.data)
  for (let at = 3; at < made.length; at += 4) made[at] = table[made[at] as number] as number
  return { ...pixels, data: made }
}
