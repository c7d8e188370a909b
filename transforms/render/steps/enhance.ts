// Better tones by what the pixels show: the whole range from black to white, a middle that is neither dark nor light, and
// pale colours a little stronger. Each is held back, so that a picture in fog or at night stays one.
import type { Pixels } from '../../pixels/run.ts'
import { coloursOf, hasAlpha, lightOf, mapped, tableOf } from './channels.ts'
import { vibrant } from './saturate.ts'

/** The share of pixels that may become black, and that may become white. */
const cut = 0.002
/** What black and white may be moved by at most, of 255. */
const mostMoved = 48
/** Bounds of the exponent that brings the middle nearer to middle grey. */
const [leastGamma, mostGamma] = [0.8, 1.25]
const vibrance = 0.2

export function enhanced(pixels: Pixels): Pixels {
  const { black, white, middle } = levelsOf(pixels)
  const from = Math.min(black, mostMoved)
  const to = Math.max(white, 255 - mostMoved)
  const centre = Math.min(0.95, Math.max(0.05, (middle - from) / (to - from)))
  // Half of the way to middle grey.
  const gamma = Math.min(mostGamma, Math.max(leastGamma, (Math.log(0.5) / Math.log(centre)) ** 0.5))
  const table = tableOf((value) => 255 * Math.min(1, Math.max(0, (value - from) / (to - from))) ** gamma)
  const toned = mapped(pixels, table)
  return toned.channels < 3 ? toned : vibrant(toned, vibrance)
}

/** The lightness that a few are darker than, that a few are lighter than, and that half are darker than. */
function levelsOf(pixels: Pixels) {
  const { data, channels } = pixels
  const counts = new Float64Array(256)
  const colours = coloursOf(pixels)
  let all = 0
  for (let at = 0; at < data.length; at += channels) {
    const weight = hasAlpha(pixels) ? (data[at + colours] as number) / 255 : 1
    const light =
      colours === 1
        ? (data[at] as number)
        : Math.round(lightOf(data[at] as number, data[at + 1] as number, data[at + 2] as number))
    counts[light] = (counts[light] as number) + weight
    all += weight
  }
  const levelAt = (share: number): number => {
    let sum = 0
    for (let level = 0; level < 256; level++) {
      sum += counts[level] as number
      if (sum > share * all) return level
    }
    return 255
  }
  const [black, white] = [levelAt(cut), levelAt(1 - cut)]
  // A picture of one colour has no range to stretch.
  return white - black < 8 ? { black: 0, white: 255, middle: 128 } : { black, white, middle: levelAt(0.5) }
}
