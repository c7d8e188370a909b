// How different two colours look: CIEDE2000 (ISO/CIE 11664-6) between colours of one space under D65.

export type Rgb = readonly [number, number, number]
type Lab = readonly [number, number, number]

const degrees = Math.PI / 180

type Space = 'srgb' | 'p3' | 'adobergb1998'

/** Light of red, green and blue as XYZ, row by row (CSS Color 4, section 17). */
const toXyz: Readonly<Record<Space, readonly [Rgb, Rgb, Rgb]>> = {
  srgb: [
    [0.4124564, 0.3575761, 0.1804375],
    [0.2126729, 0.7151522, 0.072175],
    [0.0193339, 0.119192, 0.9503041],
  ],
  p3: [
    [0.4865709, 0.2656677, 0.1982173],
    [0.2289746, 0.6917385, 0.0792869],
    [0, 0.0451134, 1.0439444],
  ],
  adobergb1998: [
    [0.5766691, 0.1855582, 0.1882286],
    [0.297345, 0.6273636, 0.0752915],
    [0.0270314, 0.0706889, 0.9913375],
  ],
}

const srgbLight = (v: number) => (v <= 10.31475 ? v / 3294.6 : ((v / 255 + 0.055) / 1.055) ** 2.4)
const adobeLight = (v: number) => (v / 255) ** (563 / 256)

function labOf(rgb: Rgb, space: Space): Lab {
  const [r, g, b] = rgb.map(space === 'adobergb1998' ? adobeLight : srgbLight) as [number, number, number]
  const sum = (row: Rgb) => row[0] * r + row[1] * g + row[2] * b
  const [x, y, z] = toXyz[space].map(sum) as [number, number, number]
  const cube = (t: number) => (t > 216 / 24389 ? Math.cbrt(t) : (t * 24389) / 3132 + 4 / 29)
  const [fx, fy, fz] = [cube(x / 0.95047), cube(y), cube(z / 1.08883)]
  return [116 * fy - 16, 500 * (fx - fy), 200 * (fy - fz)]
}

const seventh = (chroma: number) => Math.sqrt(chroma ** 7 / (chroma ** 7 + 25 ** 7))

export function colourDifference(one: Rgb, other: Rgb, space: Space = 'srgb'): number {
  const [[l1, a1, b1], [l2, a2, b2]] = [labOf(one, space), labOf(other, space)]
  const stretch = 1.5 - 0.5 * seventh((Math.hypot(a1, b1) + Math.hypot(a2, b2)) / 2)
  const [c1, c2] = [Math.hypot(a1 * stretch, b1), Math.hypot(a2 * stretch, b2)]
  const [h1, h2] = [hue(a1 * stretch, b1), hue(a2 * stretch, b2)]
  const turn = c1 * c2 === 0 ? 0 : ((h2 - h1 + 540) % 360) - 180
  const [light, chroma] = [(l1 + l2) / 2, (c1 + c2) / 2]
  const mean = c1 * c2 === 0 ? h1 + h2 : h1 + turn / 2
  const cos = (times: number, less: number) => Math.cos((times * mean - less) * degrees)
  const t = 1 - 0.17 * cos(1, 30) + 0.24 * cos(2, 0) + 0.32 * cos(3, -6) - 0.2 * cos(4, 63)
  const dl = (l2 - l1) / (1 + (0.015 * (light - 50) ** 2) / Math.sqrt(20 + (light - 50) ** 2))
  const dc = (c2 - c1) / (1 + 0.045 * chroma)
  const dh = (2 * Math.sqrt(c1 * c2) * Math.sin((turn / 2) * degrees)) / (1 + 0.015 * chroma * t)
  const bend = 60 * degrees * Math.exp(-(((((mean + 360) % 360) - 275) / 25) ** 2))
  return Math.sqrt(dl ** 2 + dc ** 2 + dh ** 2 - 2 * seventh(chroma) * Math.sin(bend) * dc * dh)
}

const hue = (a: number, b: number): number =>
  a === 0 && b === 0 ? 0 : (Math.atan2(b, a) / degrees + 360) % 360
