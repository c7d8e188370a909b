// Shapes upon a finished picture: masks, borders, padding.
import type { Sharp } from 'sharp'
import { from, type Pixels, pixelsOf } from '../../pixels/run.ts'
import { sharp } from '../../pixels/sharp.ts'
import type { Border } from '../../steps/border.ts'
import { badgeOutline } from '../../steps/geometry/badges.ts'
import type { Mask } from '../../steps/mask.ts'
import type { Pad } from '../../steps/pad.ts'
import type { Around } from './applied.ts'
import { inColour, lightOf, withAlpha } from './channels.ts'
import { overlayOf } from './overlays.ts'

interface Box {
  readonly left: number
  readonly top: number
  readonly right: number
  readonly bottom: number
}

const boxOf = ({ width, height }: Pixels): Box => ({ left: 0, top: 0, right: width, bottom: height })

export async function masked(pixels: Pixels, mask: Mask, around: Around): Promise<Pixels> {
  const { width, height } = pixels
  const seen = withSeen(
    pixels,
    mask.shape === 'picture'
      ? brightness(await overlayOf(mask, around))
      : await coverage(pixels, pathOf(mask, pixels)),
  )
  if (!mask.behind) return seen
  const behind = { create: { width, height, channels: 4 as const, background: mask.behind } }
  return pixelsOf(from(seen).composite([{ input: behind, blend: 'dest-over' }]))
}

function pathOf(mask: Exclude<Mask, { shape: 'picture' }>, pixels: Pixels): string {
  if (mask.shape === 'corners') return `<path d="${rounded(boxOf(pixels), mask.radii)}"/>`
  const [x, y] = [pixels.width / 2, pixels.height / 2]
  if (mask.shape !== 'ellipse') {
    const points = badgeOutline(mask.shape, pixels.width, pixels.height)
    return `<polygon points="${points.map(([px, py]) => `${px.toFixed(2)},${py.toFixed(2)}`).join(' ')}"/>`
  }
  return `<ellipse cx="${x}" cy="${y}" rx="${x}" ry="${y}"/>`
}

/** How light and opaque each pixel is, 0 to 255. */
function brightness({ data }: Pixels): Uint8Array {
  const made = new Uint8Array(data.length / 4)
  for (let pixel = 0, at = 0; pixel < made.length; pixel++, at += 4) {
    const light = lightOf(data[at] as number, data[at + 1] as number, data[at + 2] as number)
    made[pixel] = Math.round((light * (data[at + 3] as number)) / 255)
  }
  return made
}

/** How much of each pixel a shape covers, 0 to 255. */
async function coverage({ width, height }: Pixels, shape: string): Promise<Uint8Array> {
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}">${shape}</svg>`
  return (await pixelsOf(sharp(Buffer.from(svg)).extractChannel('alpha'))).data
}

/** Each pixel as opaque as it was, times what is seen of it (0 to 255). */
export function withSeen(pixels: Pixels, seen: Uint8Array): Pixels {
  const { data, ...rest } = withAlpha(pixels)
  for (let pixel = 0, at = 3; at < data.length; pixel++, at += 4)
    data[at] = Math.round(((data[at] as number) * (seen[pixel] as number)) / 255)
  return { data, ...rest }
}

export async function bordered(picture: Pixels, border: Border): Promise<Pixels> {
  const { width, height } = picture
  const pixels = inColour(picture)
  const outer = boxOf(pixels)
  const inner = {
    left: Math.min(border.left, width),
    top: Math.min(border.top, height),
    right: Math.max(border.left, width - border.right),
    bottom: Math.max(border.top, height - border.bottom),
  }
  const hole = inner.right > inner.left && inner.bottom > inner.top ? rounded(inner, border.inner) : ''
  const { r, g, b, alpha } = border.colour
  const frame = `<path fill-rule="evenodd" fill="rgb(${r},${g},${b})" fill-opacity="${alpha}" d="${rounded(outer, [0, 0, 0, 0])} ${hole}"/>`
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}">${frame}</svg>`
  const made = await pixelsOf(from(pixels).composite([{ input: Buffer.from(svg) }]))
  if (border.outer.every((radius) => radius === 0)) return made
  return withSeen(made, await coverage(pixels, `<path d="${rounded(outer, border.outer)}"/>`))
}

/** A rectangle with round corners as the path of an SVG; radii that do not fit shrink together, as in CSS. */
function rounded({ left, top, right, bottom }: Box, radii: Border['outer']): string {
  const [width, height] = [right - left, bottom - top]
  const [a, b, c, d] = radii
  const fit = Math.min(1, width / Math.max(1, a + b, c + d), height / Math.max(1, b + c, d + a))
  const [ne, se, sw, nw] = [b * fit, c * fit, d * fit, a * fit]
  return [
    `M${left + nw},${top} L${right - ne},${top} A${ne},${ne} 0 0 1 ${right},${top + ne}`,
    `L${right},${bottom - se} A${se},${se} 0 0 1 ${right - se},${bottom}`,
    `L${left + sw},${bottom} A${sw},${sw} 0 0 1 ${left},${bottom - sw}`,
    `L${left},${top + nw} A${nw},${nw} 0 0 1 ${left + nw},${top} Z`,
  ].join(' ')
}

export async function padded(image: Sharp, { colour, ...sides }: Pad): Promise<Sharp> {
  return from(inColour(await pixelsOf(image))).extend({ ...sides, background: colour })
}
