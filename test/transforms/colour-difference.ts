// How different two colours look: CIEDE2000 (ISO/CIE 11664-6) between sRGB colours under D65.

export type Rgb = readonly [number, number, number]
type Lab = readonly [number, number, number]

const degrees = Math.PI / 180

function labOf(rgb: Rgb): Lab {
  const [r, g, b] = rgb.map((v) => (v <= 10.31475 ? v / 3294.6 : ((v / 255 + 0.055) / 1.055) ** 2.4)) as [
    number,
    number,
    number,
  ]
  const cube = (t: number) => (t > 216 / 24389 ? Math.cbrt(t) : (t * 24389) / 3132 + 4 / 29)
  const x = cube((0.4124564 * r + 0.3575761 * g + 0.1804375 * b) / 0.95047)
  const y = cube(0.2126729 * r + 0.7151522 * g + 0.072175 * b)
  const z = cube((0.0193339 * r + 0.119192 * g + 0.9503041 * b) / 1.08883)
  return [116 * y - 16, 500 * (x - y), 200 * (y - z)]
}

const seventh = (chroma: number) => Math.sqrt(chroma ** 7 / (chroma ** 7 + 25 ** 7))

export function colourDifference(one: Rgb, other: Rgb): number {
  const [[l1, a1, b1], [l2, a2, b2]] = [labOf(one), labOf(other)]
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
