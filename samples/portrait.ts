// Hot-air balloons over misty hills: an upright picture, stored lying on its side as a camera would (EXIF 6).
import { blend, type Colour, clamp, gradient, hex, mix, smooth } from './colour.ts'
import { fractal, noise, ridged } from './noise.ts'
import { blankPhoto, develop, lay, type Photo } from './photo.ts'

/** As it is seen. */
export const portraitWidth = 900
export const portraitHeight = 1350

const width = portraitWidth
const height = portraitHeight

export function portrait(): Buffer {
  const photo = blankPhoto(width, height)
  sky(photo)
  for (const one of balloons.slice(0, 3)) balloon(photo, one)
  for (const hill of hills) slope(photo, hill)
  for (const one of balloons.slice(3)) balloon(photo, one)
  return develop(photo, 5)
}

const skyAt = gradient([
  [0, hex('#2b6ca8')],
  [0.4, hex('#7fb0d2')],
  [0.7, hex('#f6d8b4')],
  [0.85, hex('#fbc490')],
  [1, hex('#f0a578')],
])

function sky(photo: Photo): void {
  for (let y = 0; y < height * 0.86; y++) {
    const colour = skyAt(y / (height * 0.84))
    for (let x = 0; x < width; x++) {
      const pixel = y * width + x
      lay(photo, pixel, colour)
      const wisp = smooth(0.5, 0.8, fractal(x / 300 + noise(x / 200, y / 60), y / 75, 4))
      if (wisp > 0) lay(photo, pixel, [255, 240, 226], wisp * 0.65 * smooth(height * 0.75, height * 0.3, y))
    }
  }
}

interface Hill {
  readonly top: number
  readonly rise: number
  readonly colour: Colour
  readonly seed: number
  readonly mist: number
}

const hills: readonly Hill[] = [
  { top: 0.715, rise: 0.09, colour: hex('#b78f9a'), seed: 4, mist: 0.85 },
  { top: 0.76, rise: 0.1, colour: hex('#8d7590'), seed: 20, mist: 0.75 },
  { top: 0.825, rise: 0.09, colour: hex('#5f5c7b'), seed: 52, mist: 0.65 },
  { top: 0.885, rise: 0.08, colour: hex('#3b4a5c'), seed: 81, mist: 0.45 },
  { top: 0.95, rise: 0.07, colour: hex('#1d2d35'), seed: 120, mist: 0 },
]
const mist = hex('#f5c9a6')

function slope(photo: Photo, { top, rise, colour, seed, mist: depth }: Hill): void {
  for (let x = 0; x < width; x++) {
    const wood = noise(x / 2.3, seed) * 7 + noise(x / 7, seed) * 8
    const crest = height * (top + rise * (0.5 - ridged(x / 520 + seed, seed, 4))) - wood
    const foot = Math.min(height, crest + height * 0.2)
    for (let y = Math.max(0, Math.floor(crest)); y < foot; y++) {
      const below = y - crest
      const tone = 0.86 + 0.28 * fractal(x / 9, y / 12, 2)
      const ground: Colour = [colour[0] * tone, colour[1] * tone, colour[2] * tone]
      const veil = depth * smooth(8, height * 0.1, below)
      lay(photo, y * width + x, blend(ground, mist, veil), clamp(below + 1))
    }
  }
}

interface Balloon {
  readonly x: number
  readonly y: number
  readonly radius: number
  readonly gores: number
  readonly colours: readonly Colour[]
  /** How much of the air before it is seen. */
  readonly haze: number
}

const balloons: readonly Balloon[] = [
  { x: 745, y: 640, radius: 34, gores: 8, colours: [hex('#b34a3c'), hex('#e9d3a1')], haze: 0.45 },
  { x: 132, y: 760, radius: 25, gores: 8, colours: [hex('#37608f'), hex('#dfe4e8')], haze: 0.55 },
  { x: 610, y: 838, radius: 18, gores: 6, colours: [hex('#7a3f77'), hex('#e3a94e')], haze: 0.6 },
  {
    x: 690,
    y: 275,
    radius: 96,
    gores: 12,
    colours: [hex('#157a7a'), hex('#f4efe0'), hex('#e8a33d')],
    haze: 0.14,
  },
  {
    x: 335,
    y: 520,
    radius: 232,
    gores: 16,
    colours: [hex('#d8362a'), hex('#f08a24'), hex('#f7c948'), hex('#f6efdc')],
    haze: 0,
  },
]
const air = hex('#f3d9be')

// The envelope hangs from y - radius to y + 1.35 radius; its outline narrows from a sphere to the mouth.
function balloon(photo: Photo, one: Balloon): void {
  basket(photo, one)
  const { x: middle, y: centre, radius } = one
  for (let y = Math.floor(centre - radius); y < centre + radius * 1.28; y++) {
    const half = radius * outline((y - centre) / radius)
    for (let x = Math.floor(middle - half); x <= middle + half + 1; x++) {
      const across = (x - middle) / Math.max(half, 1)
      const cover = clamp(half - Math.abs(x - middle) + 0.5)
      if (cover > 0 && x >= 0 && x < width)
        lay(photo, y * width + x, cloth(one, across, (y - centre) / radius), cover)
    }
  }
}

/** Half the width at a height; both in radii, 0 at the middle and downwards positive. */
function outline(down: number): number {
  const sphere = Math.sqrt(Math.max(0, 1 - down * down))
  const cone = mix(0.83, 0.2, clamp((down - 0.56) / 0.72))
  return down < 0.56 ? sphere : cone
}

function cloth({ gores, colours, haze }: Balloon, across: number, down: number): Colour {
  // Seen from the side, the stripes crowd together towards the edges of a round thing.
  const turn = (Math.asin(clamp(across, -1, 1)) / Math.PI + 0.5) * gores
  const stripe = Math.floor(turn)
  const colour = colours[stripe % colours.length] ?? air
  const band = down > 0.28 && down < 0.42 ? (colours[(stripe + 1) % colours.length] ?? colour) : colour
  const bulge = 1 - 0.16 * Math.abs(((turn % 1) - 0.5) * 2) ** 3
  // The sun stands low on the left and behind: bright edge, soft shadow on the right, glow through the cloth.
  const light = (0.62 + 0.5 * clamp(0.55 - across * 0.6 - down * 0.22)) * bulge + 0.1 * smooth(0.7, 1.2, down)
  const weave = 1 + (noise(across * 90, down * 90) - 0.5) * 0.05
  return blend([band[0] * light * weave, band[1] * light * weave, band[2] * light * weave], air, haze)
}

const wicker = hex('#5d3b22')

function basket(photo: Photo, { x: middle, y: centre, radius, haze }: Balloon): void {
  const top = centre + radius * 1.5
  const half = radius * 0.12
  for (let y = Math.floor(centre + radius * 1.26); y < top + radius * 0.17; y++) {
    const isRope = y < top
    const spread = isRope ? mix(radius * 0.19, half, (y - centre - radius * 1.26) / (radius * 0.24)) : half
    for (let x = Math.floor(middle - spread); x <= middle + spread; x++) {
      const edge = spread - Math.abs(x - middle)
      if (isRope && edge > Math.max(1, radius * 0.012)) continue
      const tone = 0.75 + 0.5 * noise(x / 2, y / 1.2) - (x - middle) / (spread * 6)
      lay(photo, y * width + x, blend([wicker[0] * tone, wicker[1] * tone, wicker[2] * tone], air, haze))
    }
  }
}
