// A lake in the mountains, shortly after sunrise.
import { blend, type Colour, clamp, gradient, hex, mix, smooth } from './colour.ts'
import { fractal, noise, ridged } from './noise.ts'
import { blankPhoto, develop, lay, type Photo, shine } from './photo.ts'
import { pine } from './pine.ts'

export const landscapeWidth = 1600
export const landscapeHeight = 1067

const width = landscapeWidth
const height = landscapeHeight
const shore = Math.round(height * 0.66)
const sun = { x: width * 0.645, y: height * 0.388 }

export function landscape(): Buffer {
  const photo = blankPhoto(width, height)
  sky(photo)
  for (const [index, range] of ranges.entries()) mountains(photo, range, ranges[index + 1])
  forest(photo)
  water(photo)
  foreground(photo)
  return develop(photo, 5)
}

const skyAt = gradient([
  [0, hex('#17356b')],
  [0.3, hex('#3f6ba6')],
  [0.62, hex('#a9b3c9')],
  [0.82, hex('#f3c3a0')],
  [1, hex('#ffdfae')],
])
const sunlight = hex('#ffd08a')

function sky(photo: Photo): void {
  for (let y = 0; y < shore; y++) {
    const base = skyAt(y / (height * 0.56))
    for (let x = 0; x < width; x++) {
      const pixel = y * width + x
      const distance = Math.hypot(x - sun.x, (y - sun.y) * 1.15) / height
      lay(photo, pixel, base)
      cloud(photo, x, y, distance)
      shine(
        photo,
        pixel,
        sunlight,
        0.4 * Math.exp(-distance * distance * 34) + smooth(0.036, 0.024, distance),
      )
    }
  }
}

// Long, thin clouds: the noise is five times wider than high, and warped so that it streams.
function cloud(photo: Photo, x: number, y: number, distance: number): void {
  const streaming = noise(x / 310, y / 90) * 1.4
  const thickness = fractal(x / 330 + streaming, y / 62 + streaming, 5)
  const opacity = smooth(0.47, 0.76, thickness) * smooth(1.02, 0.5, y / (height * 0.56)) * 0.85
  if (opacity <= 0) return
  const lit = clamp(1 - distance * 1.3)
  lay(photo, y * width + x, blend([206, 205, 222], [255, 214, 178], lit), opacity)
}

interface Range {
  readonly top: number
  readonly rise: number
  readonly stretch: number
  readonly seed: number
  /** How much of the air before it is seen. */
  readonly haze: number
  readonly rock: Colour
  /** How far below its crest snow lies, in pixels. */
  readonly snow: number
}

const ranges: readonly Range[] = [
  { top: 0.47, rise: 0.31, stretch: 430, seed: 3, haze: 0.26, rock: hex('#4a5a7e'), snow: 118 },
  { top: 0.545, rise: 0.2, stretch: 330, seed: 41, haze: 0.16, rock: hex('#3b4b66'), snow: 46 },
  { top: 0.575, rise: 0.13, stretch: 260, seed: 90, haze: 0.12, rock: hex('#2c4250'), snow: 0 },
]
const air = hex('#c9b9bd')
const mist = hex('#e6cdb8')

const crestOf = ({ top, rise, stretch, seed }: Range, x: number): number =>
  height * (top + rise * 0.5 - rise * ridged(x / stretch + seed, seed, 6))

function mountains(photo: Photo, range: Range, inFront: Range | undefined): void {
  for (let x = 0; x < width; x++) {
    const crest = crestOf(range, x)
    const foot = inFront === undefined ? shore : Math.min(shore, crestOf(inFront, x) + 2)
    for (let y = Math.max(0, Math.floor(crest)); y < foot; y++) {
      // The first row is only as dark as much of it is rock: a crest without steps.
      const cover = clamp(y + 1 - crest)
      lay(photo, y * width + x, mountainColour(range, x, y, y - crest), cover)
    }
  }
}

function mountainColour(range: Range, x: number, y: number, below: number): Colour {
  const u = x / 92 + range.seed
  const v = y / 120 + range.seed - u * 0.35
  const relief = ridged(u, v, 5)
  // Light comes from the right: a slope that rises towards the sun is bright.
  const slope = clamp(0.5 + (relief - ridged(u + 0.07, v - 0.05, 4)) * 2.6)
  const snow = range.snow === 0 ? 0 : smooth(0.02, 0.3, relief * 1.3 - below / range.snow)
  const rock = blend(range.rock, sunlight, slope * 0.3 - 0.04)
  const white = blend([138, 152, 190], [255, 236, 214], slope)
  const distanceHaze = range.haze + 0.34 * smooth(0, height * 0.26, below)
  return blend(blend(rock, white, snow * 0.92), air, clamp(distanceHaze))
}

// Two rows of trees on the far shore: no trunk can be seen, only that the edge is made of points.
function forest(photo: Photo): void {
  for (const [lift, tone, seed] of [
    [44, '#3f5456', 12],
    [18, '#1d2f33', 77],
  ] as const) {
    const green = hex(tone)
    for (let x = 0; x < width; x++) {
      const hill = fractal(x / 210 + seed, seed, 3) * 62
      const tip = Math.abs(((x * 0.19 + noise(x / 5, seed) * 1.6) % 1) - 0.5) * 2
      const edge = shore - lift - hill - (1 - tip) * mix(6, 19, noise(x / 11, seed + 9))
      for (let y = Math.floor(edge); y < shore; y++) {
        const misty = smooth(shore - 34, shore, y) * 0.45
        const tone = 0.72 + 0.56 * noise(x / 3, y / 5)
        const leaf: Colour = [green[0] * tone, green[1] * tone, green[2] * tone]
        lay(photo, y * width + x, blend(leaf, mist, misty), clamp(y + 1 - edge))
      }
    }
  }
}

const deep = hex('#16303f')

// The water shows what stands above it, shaken more the nearer it is, and darker where one looks into it.
function water(photo: Photo): void {
  const { light } = photo
  for (let y = shore; y < height; y++) {
    const near = (y - shore) / (height - shore)
    const scale = 1 + near * 9
    for (let x = 0; x < width; x++) {
      const wave = fractal(x / (26 * scale) + 9, (y - shore) / (1.5 * scale) + 40, 3) - 0.5
      const fromY = clamp(Math.round(shore - (y - shore) * 1.12 + wave * (10 + 70 * near)), 0, shore - 1)
      const fromX = clamp(Math.round(x + wave * 22 * near), 0, width - 1)
      const from = (fromY * width + fromX) * 3
      const mirrored: Colour = [light[from] ?? 0, light[from + 1] ?? 0, light[from + 2] ?? 0]
      const pixel = y * width + x
      lay(photo, pixel, blend(mirrored, deep, clamp(0.14 + near * 0.5 - wave * 0.5)))
      glitter(photo, { pixel, wave, near, away: (x - sun.x) / (width * (0.022 + near * 0.06)) })
    }
  }
}

interface Ripple {
  readonly pixel: number
  readonly wave: number
  readonly near: number
  /** How far from below the sun, in widths of its reflection. */
  readonly away: number
}

function glitter(photo: Photo, { pixel, wave, near, away }: Ripple): void {
  if (away * away > 9) return
  const facing = smooth(-0.02, 0.2, wave)
  shine(photo, pixel, sunlight, Math.exp(-away * away) * facing * (1.1 - near * 0.55))
}

const shadow = hex('#0b1716')

// A dark bank and tall pines frame the left side, so that the light has something to stand against.
function foreground(photo: Photo): void {
  for (let x = 0; x < width; x++) {
    const fall = (x / width) * 1.5
    const edge = height - 128 * (1 - fall) - fractal(x / 60, 5, 4) * 60 + noise(x / 1.7, 3) * 13
    for (let y = Math.max(shore, Math.floor(edge)); y < height; y++) {
      const blade = noise(x / 2, y / 13) * 20
      lay(
        photo,
        y * width + x,
        [shadow[0] + blade * 0.8, shadow[1] + blade, shadow[2] + blade * 0.6],
        clamp(y + 1 - edge),
      )
    }
  }
  pine(photo, { x: 262, base: height - 60, tall: 520, seed: 8 })
  pine(photo, { x: 52, base: height - 20, tall: 850, seed: 1 })
  pine(photo, { x: 160, base: height - 36, tall: 700, seed: 5 })
  pine(photo, { x: 348, base: height - 62, tall: 250, seed: 3 })
}
