// Prints a picture in dots of ink, as a newspaper does: each ink has a grid of its own angle, and how much of it a place
// needs is how large its dot is. What is mixed where dots overlap is what inks on paper mix.
import type { Pixels } from '../../pixels/run.ts'
import { hasAlpha, inColour } from './channels.ts'

/** Angles of the four grids in degrees, as printers have them, so that they make rosettes instead of stripes. */
const angles = { cyan: 15, magenta: 75, yellow: 0, black: 45 } as const

/** Red, green and blue of each ink on white paper. */
const inks = {
  cyan: [0, 158, 224],
  magenta: [226, 0, 122],
  yellow: [255, 237, 0],
  black: [0, 0, 0],
} as const
type Ink = keyof typeof inks
const each = Object.keys(inks) as Ink[]

export function halftoned(grey: Pixels, apart: number): Pixels {
  const isGrey = grey.channels < 3
  const pixels = inColour(grey)
  const { width, channels } = pixels
  const needs = needsOf(pixels)
  const data = new Uint8Array(pixels.data.length).fill(255)
  for (const ink of isGrey ? (['black'] as const) : each)
    print(data, { pixels, need: needs[ink], ink, apart })
  if (hasAlpha(pixels))
    for (let at = channels - 1; at < data.length; at += channels) data[at] = pixels.data[at] as number
  return { ...pixels, width, data }
}

/** How much of each ink a pixel needs, 0 to 255: black for what all three would cover. */
function needsOf({ data, channels }: Pixels): Record<Ink, Uint8Array> {
  const count = data.length / channels
  const needs = {
    cyan: new Uint8Array(count),
    magenta: new Uint8Array(count),
    yellow: new Uint8Array(count),
    black: new Uint8Array(count),
  }
  for (let pixel = 0, at = 0; pixel < count; pixel++, at += channels) {
    const [red, green, blue] = [data[at] as number, data[at + 1] as number, data[at + 2] as number]
    const black = 255 - Math.max(red, green, blue)
    const rest = Math.max(1, 255 - black)
    needs.black[pixel] = black
    needs.cyan[pixel] = (255 * (255 - black - red)) / rest
    needs.magenta[pixel] = (255 * (255 - black - green)) / rest
    needs.yellow[pixel] = (255 * (255 - black - blue)) / rest
  }
  return needs
}

interface Print {
  readonly pixels: Pixels
  readonly need: Uint8Array
  readonly ink: Ink
  readonly apart: number
}

/** Each pixel is inked as far as it lies inside the dot that its place in the grid has; edges are half a pixel soft. */
function print(data: Uint8Array, { pixels, need, ink, apart }: Print): void {
  const { width, channels } = pixels
  const height = data.length / (width * channels)
  const radians = (angles[ink] * Math.PI) / 180
  const [cos, sin] = [Math.cos(radians) / apart, Math.sin(radians) / apart]
  const colour = inks[ink]
  const radii = radiiFor(apart)
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      const [u, v] = [x * cos + y * sin, y * cos - x * sin]
      const [du, dv] = [u - Math.round(u), v - Math.round(v)]
      const pixel = y * width + x
      const inside = (radii[need[pixel] as number] as number) - Math.sqrt(du * du + dv * dv) * apart
      const cover = inside <= -0.5 ? 0 : inside >= 0.5 ? 1 : inside + 0.5
      if (cover === 0) continue
      for (let c = 0, at = pixel * channels; c < 3; c++, at++)
        data[at] = (data[at] as number) * (1 - cover * (1 - (colour[c] as number) / 255))
    }
}

/** The radius in pixels of the dot that covers each share of its square, up to all of it with its corners. */
function radiiFor(apart: number): Float64Array {
  return Float64Array.from({ length: 256 }, (_, need) => {
    if (need === 0) return -1
    const share = need / 255
    // Beyond pi/4 dots of neighbours meet: the rest is a straight line up to the corner.
    const free = Math.sqrt(share / Math.PI)
    const met = 0.5 + ((share - Math.PI / 4) / (1 - Math.PI / 4)) * (Math.SQRT1_2 - 0.5)
    return (share < Math.PI / 4 ? free : met) * apart + (share === 1 ? 0.5 : 0)
  })
}
