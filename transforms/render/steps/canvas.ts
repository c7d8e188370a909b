// Canvas round a picture that is a picture itself: a blurred copy, or a gradient.
import type { Sharp } from 'sharp'
import { from, type Pixels, pixelsOf } from '../../pixels/run.ts'
import { sharp } from '../../pixels/sharp.ts'
import type { Extend, Gradient } from '../../steps/geometry/geometry.ts'
import type { Size } from '../../steps/geometry/sizes.ts'
import { hasAlpha, withAlpha } from './channels.ts'
import { mixedColours } from './mixed-colours.ts'

export async function onPainted(image: Sharp, extend: Extend): Promise<Sharp> {
  const own = await pixelsOf(image)
  const pixels = withAlpha(own)
  const { top, right, bottom, left, gradient } = extend
  const size = { width: left + pixels.width + right, height: top + pixels.height + bottom }
  const canvas = gradient ? drawn(gradient, size) : blurredCopy(pixels, size)
  const { width, height, data } = pixels
  const input = {
    input: Buffer.from(data.buffer, data.byteOffset, data.length),
    raw: { width, height, channels: 4 as const },
    left,
    top,
  }
  const painted = from(await pixelsOf((await canvas).composite([input])))
  const isOpaque = !hasAlpha(own) && (!gradient || (gradient.from.alpha === 1 && gradient.to.alpha === 1))
  // A channel that says nothing would be encoded all the same.
  return isOpaque ? painted.removeAlpha() : painted
}

/** Of the longer side: enough that nothing but its colours is left. */
const blurShare = 1 / 25
/** A small copy is blurred, which costs little and looks alike. */
const copySide = 200

async function blurredCopy(pixels: Pixels, { width, height }: Size): Promise<Sharp> {
  const scale = Math.min(1, copySide / Math.max(width, height))
  const small = { width: Math.ceil(width * scale), height: Math.ceil(height * scale) }
  const copy = await pixelsOf(from(pixels).resize({ ...small, fit: 'cover' }))
  const blurred = await pixelsOf(
    from(copy).blur(Math.max(1, Math.max(small.width, small.height) * blurShare)),
  )
  return from(await pixelsOf(from(blurred).resize({ width, height, fit: 'fill', kernel: 'cubic' })))
}

async function drawn(gradient: Gradient, { width, height }: Size): Promise<Sharp> {
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}"><defs>${definition(
    gradient,
    { width, height },
  )}</defs><rect width="${width}" height="${height}" fill="url(#g)"/></svg>`
  return from(await pixelsOf(sharp(Buffer.from(svg)).ensureAlpha()))
}

function definition(gradient: Gradient, { width, height }: Size): string {
  const stops = mixedColours(gradient)
    .map(
      ({ at, colour: { r, g, b, alpha } }) =>
        `<stop offset="${at}" stop-color="rgb(${r},${g},${b})" stop-opacity="${alpha}"/>`,
    )
    .join('')
  if (gradient.type === 'linear') {
    const radians = (gradient.degrees * Math.PI) / 180
    // Half of the way across in the direction of the gradient: its ends touch the corners.
    const [x, y] = [-Math.sin(radians), Math.cos(radians)]
    const half = (Math.abs(x) * width + Math.abs(y) * height) / 2
    const at = (sign: number) => [width / 2 + sign * x * half, height / 2 + sign * y * half] as const
    const [[x1, y1], [x2, y2]] = [at(-1), at(1)]
    return `<linearGradient id="g" gradientUnits="userSpaceOnUse" x1="${x1}" y1="${y1}" x2="${x2}" y2="${y2}">${stops}</linearGradient>`
  }
  const { x, y, outer } = gradient
  const radius = Math.max(0.5, outer * Math.min(width, height))
  return `<radialGradient id="g" gradientUnits="userSpaceOnUse" cx="${x * width}" cy="${y * height}" r="${radius}">${stops}</radialGradient>`
}
