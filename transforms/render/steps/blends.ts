// Mixes the finished picture with a colour or another picture, in the ways of Compositing and Blending 1 (W3C).
import type { Sharp } from 'sharp'
import { from, type Pixels, pixelsOf } from '../../pixels/run.ts'
import type { Blend, BlendMode } from '../../steps/blend.ts'
import type { Around } from './applied.ts'
import { inColour } from './channels.ts'
import { cornerOf, overlayOf } from './overlays.ts'

type Triple = [number, number, number]
/** Colours of what is below and of what is laid on it, 0 to 1; the result is written into the first. */
type Mix = (below: Triple, above: Triple) => void

export async function blended(image: Sharp, blend: Blend, around: Around): Promise<Sharp> {
  const base = inColour(await pixelsOf(image))
  const { mode, alpha } = blend
  if ('colour' in blend) {
    const { r, g, b, alpha: own } = blend.colour
    const colour = { r, g, b }
    return from(mixed(base, { mode, alpha: alpha * own, at: () => -1, colour }))
  }
  const overlay = await overlayOf(blend.overlay, around)
  const { left, top } = cornerOf(overlay, base, blend.overlay.at)
  const at = (x: number, y: number): number => {
    const [column, row] = [x - left, y - top]
    const isInside = column >= 0 && row >= 0 && column < overlay.width && row < overlay.height
    return isInside ? (row * overlay.width + column) * 4 : -2
  }
  return from(
    mixed(base, { mode, alpha, at, data: overlay.data, ...(blend.stencil && { colour: blend.stencil }) }),
  )
}

interface Above {
  readonly mode: BlendMode
  readonly alpha: number
  /** Where the pixel over this place begins in `data`; -1 where one colour covers all, -2 where nothing does. */
  at(x: number, y: number): number
  readonly data?: Uint8Array
  readonly colour?: { readonly r: number; readonly g: number; readonly b: number }
}

/** Section 5.2, with what is below counted as far as it is opaque; how opaque that is stays as it is. */
function mixed(base: Pixels, { mode, alpha, at, data: above, colour }: Above): Pixels {
  const { width, channels } = base
  const data = Uint8ClampedArray.from(base.data)
  const mix = mixes[mode]
  const [below, over]: [Triple, Triple] = [
    [0, 0, 0],
    [0, 0, 0],
  ]
  for (let pixel = 0, to = 0; to < data.length; pixel++, to += channels) {
    const place = at(pixel % width, Math.floor(pixel / width))
    if (place === -2) continue
    const seen = place < 0 || !above ? alpha : (alpha * (above[place + 3] as number)) / 255
    if (seen === 0) continue
    for (let c = 0; c < 3; c++) {
      below[c] = (base.data[to + c] as number) / 255
      over[c] = ((colour ? [colour.r, colour.g, colour.b][c] : (above?.[place + c] ?? 0)) as number) / 255
    }
    mix(below, over)
    for (let c = 0; c < 3; c++) {
      const was = base.data[to + c] as number
      data[to + c] = was + ((below[c] as number) * 255 - was) * seen
    }
  }
  return { ...base, data: new Uint8Array(data.buffer) }
}

const separable =
  (mix: (below: number, above: number) => number): Mix =>
  (below, above) => {
    for (let c = 0; c < 3; c++) below[c] = mix(below[c] as number, above[c] as number)
  }

const screen = (b: number, s: number): number => b + s - b * s
const hardLight = (b: number, s: number): number => (s <= 0.5 ? b * 2 * s : screen(b, 2 * s - 1))

function softLight(b: number, s: number): number {
  if (s <= 0.5) return b - (1 - 2 * s) * b * (1 - b)
  const d = b <= 0.25 ? ((16 * b - 12) * b + 4) * b : Math.sqrt(b)
  return b + (2 * s - 1) * (d - b)
}

const mixes: Readonly<Record<BlendMode, Mix>> = {
  normal: separable((_, s) => s),
  multiply: separable((b, s) => b * s),
  screen: separable(screen),
  overlay: separable((b, s) => hardLight(s, b)),
  darken: separable(Math.min),
  lighten: separable(Math.max),
  dodge: separable((b, s) => (b === 0 ? 0 : s >= 1 ? 1 : Math.min(1, b / (1 - s)))),
  burn: separable((b, s) => (b >= 1 ? 1 : s <= 0 ? 0 : 1 - Math.min(1, (1 - b) / s))),
  hardlight: separable(hardLight),
  softlight: separable(softLight),
  difference: separable((b, s) => Math.abs(b - s)),
  exclusion: separable((b, s) => b + s - 2 * b * s),
  hue: (below, above) => {
    const [saturation, light] = [saturationOf(below), lightOf(below)]
    setLight(below, setSaturation(above, saturation), light)
  },
  saturation: (below, above) =>
    setLight(below, setSaturation([...below], saturationOf(above)), lightOf(below)),
  color: (below, above) => setLight(below, above, lightOf(below)),
  luminosity: (below, above) => setLight(below, [...below], lightOf(above)),
}

const lightOf = ([r, g, b]: Triple): number => 0.3 * r + 0.59 * g + 0.11 * b
const saturationOf = (c: Triple): number => Math.max(...c) - Math.min(...c)

/** Section 9.2: SetSat. */
function setSaturation(colour: Triple, saturation: number): Triple {
  const [most, least] = [Math.max(...colour), Math.min(...colour)]
  const scale = most > least ? saturation / (most - least) : 0
  return [(colour[0] - least) * scale, (colour[1] - least) * scale, (colour[2] - least) * scale]
}

/** Section 9.2: SetLum and ClipColor, into `to`. */
function setLight(to: Triple, colour: Triple, light: number): void {
  const off = light - lightOf(colour)
  for (let c = 0; c < 3; c++) to[c] = (colour[c] as number) + off
  const [most, least] = [Math.max(...to), Math.min(...to)]
  for (let c = 0; c < 3; c++) {
    let value = to[c] as number
    if (least < 0) value = light + ((value - light) * light) / (light - least)
    if (most > 1) value = light + ((value - light) * (1 - light)) / (most - light)
    to[c] = value
  }
}
