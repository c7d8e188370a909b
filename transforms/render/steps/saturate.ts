// How strong colours are, and which: a matrix for saturation and hue, and a look at each pixel for vibrance.
import type { Pixels } from '../../pixels/run.ts'
import type { Saturate } from '../../steps/saturate.ts'
import { lightOf } from './channels.ts'

type Matrix = readonly [number, number, number, number, number, number, number, number, number]

export function saturated(pixels: Pixels, { saturation = 0, vibrance = 0, hue = 0 }: Saturate): Pixels {
  // Grey has no colour that could become stronger or another.
  if (pixels.channels < 3) return pixels
  const turned = hue === 0 ? pixels : multiplied(pixels, hueMatrix(hue))
  const strong = saturation === 0 ? turned : multiplied(turned, saturationMatrix(1 + saturation / 100))
  return vibrance === 0 ? strong : vibrant(strong, vibrance / 100)
}

/** Filter Effects 1, 9.6: "saturate". */
const saturationMatrix = (s: number): Matrix => [
  0.2126 + 0.7874 * s,
  0.7152 - 0.7152 * s,
  0.0722 - 0.0722 * s,
  0.2126 - 0.2126 * s,
  0.7152 + 0.2848 * s,
  0.0722 - 0.0722 * s,
  0.2126 - 0.2126 * s,
  0.7152 - 0.7152 * s,
  0.0722 + 0.9278 * s,
]

/** The same, "hueRotate": greys stay, and so does the light. */
function hueMatrix(degrees: number): Matrix {
  const [c, s] = [Math.cos((degrees * Math.PI) / 180), Math.sin((degrees * Math.PI) / 180)]
  return [
    0.213 + c * 0.787 - s * 0.213,
    0.715 - c * 0.715 - s * 0.715,
    0.072 - c * 0.072 + s * 0.928,
    0.213 - c * 0.213 + s * 0.143,
    0.715 + c * 0.285 + s * 0.14,
    0.072 - c * 0.072 - s * 0.283,
    0.213 - c * 0.213 - s * 0.787,
    0.715 - c * 0.715 + s * 0.715,
    0.072 + c * 0.928 + s * 0.072,
  ]
}

/** Clamps as it writes. */
const copyOf = (pixels: Pixels): Uint8ClampedArray<ArrayBuffer> => new Uint8ClampedArray(pixels.data)

const pixelsFrom = (
  pixels: Pixels,
  { buffer, byteOffset, length }: Uint8ClampedArray<ArrayBuffer>,
): Pixels => ({
  ...pixels,
  data: new Uint8Array(buffer, byteOffset, length),
})

export function multiplied(pixels: Pixels, [a, b, c, d, e, f, g, h, i]: Matrix): Pixels {
  const { data, channels } = pixels
  const made = copyOf(pixels)
  for (let at = 0; at < data.length; at += channels) {
    const [red, green, blue] = [data[at] as number, data[at + 1] as number, data[at + 2] as number]
    made[at] = a * red + b * green + c * blue
    made[at + 1] = d * red + e * green + f * blue
    made[at + 2] = g * red + h * green + i * blue
  }
  return pixelsFrom(pixels, made)
}

/** A colour that is far from grey changes less. */
export function vibrant(pixels: Pixels, amount: number): Pixels {
  const { data, channels } = pixels
  const made = copyOf(pixels)
  for (let at = 0; at < data.length; at += channels) {
    const [red, green, blue] = [data[at] as number, data[at + 1] as number, data[at + 2] as number]
    const strength = (Math.max(red, green, blue) - Math.min(red, green, blue)) / 255
    const factor = 1 + amount * (1 - strength)
    const light = lightOf(red, green, blue)
    made[at] = light + (red - light) * factor
    made[at + 1] = light + (green - light) * factor
    made[at + 2] = light + (blue - light) * factor
  }
  return pixelsFrom(pixels, made)
}
