// The colours of a gradient, mixed in one of several spaces: as they are stored, as light, or as they are seen (Oklab).
import type { Gradient } from '../../steps/geometry/geometry.ts'
import { byte } from './channels.ts'

interface Stop {
  /** 0 to 1. */
  readonly at: number
  readonly colour: Gradient['from']
}

/** Enough that nobody sees the straight lines between. */
const steps = 16

export function mixedColours(gradient: Gradient): readonly Stop[] {
  const { from, to, space } = gradient
  const start = gradient.type === 'radial' && gradient.outer > 0 ? gradient.inner / gradient.outer : 0
  const count = space === 'srgb' ? 1 : steps
  const [a, b] = [spaces[space].to(triple(from)), spaces[space].to(triple(to))]
  return Array.from({ length: count + 1 }, (_, n) => {
    const share = n / count
    const mixed = a.map((value, i) => value + ((b[i] ?? 0) - value) * share) as unknown as Triple
    const [red, green, blue] = spaces[space].back(mixed)
    const alpha = from.alpha + (to.alpha - from.alpha) * share
    return { at: start + (1 - start) * share, colour: { r: byte(red), g: byte(green), b: byte(blue), alpha } }
  })
}

type Triple = readonly [number, number, number]

const triple = ({ r, g, b }: Gradient['from']): Triple => [r, g, b]
const each =
  (change: (value: number) => number) =>
  (values: Triple): Triple => [change(values[0]), change(values[1]), change(values[2])]

const toLight = each((value) => {
  const v = value / 255
  return v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4
})
const fromLight = each((value) => {
  const v = Math.min(1, Math.max(0, value))
  return 255 * (v <= 0.0031308 ? v * 12.92 : 1.055 * v ** (1 / 2.4) - 0.055)
})

const spaces: Readonly<
  Record<Gradient['space'], { readonly to: (c: Triple) => Triple; readonly back: (c: Triple) => Triple }>
> = {
  srgb: { to: (c) => c, back: (c) => c },
  linear: { to: toLight, back: fromLight },
  oklab: { to: (c) => toOklab(toLight(c)), back: (c) => fromLight(fromOklab(c)) },
}

// CSS Color 4, section 9.2 and its sample code.
function toOklab([r, g, b]: Triple): Triple {
  const l = Math.cbrt(0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b)
  const m = Math.cbrt(0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b)
  const s = Math.cbrt(0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b)
  return [
    0.2104542553 * l + 0.793617785 * m - 0.0040720468 * s,
    1.9779984951 * l - 2.428592205 * m + 0.4505937099 * s,
    0.0259040371 * l + 0.7827717662 * m - 0.808675766 * s,
  ]
}

function fromOklab([light, a, b]: Triple): Triple {
  const l = (light + 0.3963377774 * a + 0.2158037573 * b) ** 3
  const m = (light - 0.1055613458 * a - 0.0638541728 * b) ** 3
  const s = (light - 0.0894841775 * a - 1.291485548 * b) ** 3
  return [
    4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s,
    -1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s,
    -0.0041960863 * l - 0.7034186147 * m + 1.707614701 * s,
  ]
}
