// Pictures in one colour or two: how light a pixel is decides what it becomes.
import type { Pixels } from '../../pixels/run.ts'
import type { Plan } from '../../plan/plan.ts'
import { byte, inColour, lightOf, tableOf } from './channels.ts'

interface Ramp {
  /** Red, green and blue of each lightness. */
  readonly tables: readonly [Uint8Array, Uint8Array, Uint8Array]
  /** How much of it covers what was there, 0 to 1. */
  readonly strength: number
}

/** Every pixel in the colour of its lightness. */
function ramped(grey: Pixels, { tables: [reds, greens, blues], strength }: Ramp): Pixels {
  const pixels = inColour(grey)
  const { data, channels } = pixels
  const made = Uint8Array.from(data)
  for (let at = 0; at < data.length; at += channels) {
    const [red, green, blue] = [data[at] as number, data[at + 1] as number, data[at + 2] as number]
    const light = Math.round(lightOf(red, green, blue))
    made[at] = red + ((reds[light] as number) - red) * strength
    made[at + 1] = green + ((greens[light] as number) - green) * strength
    made[at + 2] = blue + ((blues[light] as number) - blue) * strength
  }
  return { ...pixels, data: made }
}

type Colour = NonNullable<Plan['monochrome']>

/** Black stays black, and white becomes the colour. */
export function monochrome(pixels: Pixels, { r, g, b, alpha }: Colour): Pixels {
  const shades = (channel: number) => tableOf((light) => (light * channel) / 255)
  return ramped(pixels, { tables: [shades(r), shades(g), shades(b)], strength: alpha })
}

export function duotone(pixels: Pixels, { dark, light, strength }: NonNullable<Plan['duotone']>): Pixels {
  const between = (from: number, to: number) => tableOf((value) => from + ((to - from) * value) / 255)
  return ramped(pixels, {
    tables: [between(dark.r, light.r), between(dark.g, light.g), between(dark.b, light.b)],
    strength,
  })
}

/** Filter Effects 1, 9.6: the matrix of `sepia()`. */
export function sepia(grey: Pixels, percent: number): Pixels {
  const pixels = inColour(grey)
  const { data, channels } = pixels
  const made = Uint8Array.from(data)
  const strength = percent / 100
  for (let at = 0; at < data.length; at += channels) {
    const [red, green, blue] = [data[at] as number, data[at + 1] as number, data[at + 2] as number]
    made[at] = red + (byte(0.393 * red + 0.769 * green + 0.189 * blue) - red) * strength
    made[at + 1] = green + (byte(0.349 * red + 0.686 * green + 0.168 * blue) - green) * strength
    made[at + 2] = blue + (byte(0.272 * red + 0.534 * green + 0.131 * blue) - blue) * strength
  }
  return { ...pixels, data: made }
}
