// How added canvas is painted, from the options of `fill`.
import type { Colour } from '../options/colour.ts'
import type { TwoColours } from '../options/kinds-colour.ts'
import type { Extend } from './geometry/geometry.ts'
import type { Loose } from './step.ts'

export interface Fill {
  readonly fill?: 'solid' | 'blur' | 'gradient'
  readonly fillColour?: Colour
  readonly gradientType?: 'linear' | 'radial'
  readonly gradientSpace?: 'srgb' | 'linear' | 'oklab'
  readonly gradientLinear?: TwoColours
  /** Clockwise degrees from top to bottom. */
  readonly gradientDirection?: number
  readonly gradientRadial?: TwoColours
  readonly gradientRadii?: readonly [number, number]
  readonly gradientX?: number
  readonly gradientY?: number
}

/** Without what the kind of fill does not use. */
export function exactFill(options: Fill): Loose<Fill> {
  const { fill = 'solid', gradientSpace: space, gradientType } = options
  if (fill === 'solid') return { fillColour: options.fillColour }
  if (fill === 'blur') return { fill }
  const gradientSpace = space === 'srgb' ? undefined : space
  if (gradientType === 'radial')
    return {
      fill,
      gradientType,
      gradientSpace,
      gradientRadial: options.gradientRadial,
      gradientRadii: options.gradientRadii,
      gradientX: options.gradientX === 0.5 ? undefined : options.gradientX,
      gradientY: options.gradientY === 0.5 ? undefined : options.gradientY,
    }
  return {
    fill,
    gradientSpace,
    gradientLinear: options.gradientLinear,
    gradientDirection: options.gradientDirection || undefined,
  }
}

const white: Colour = { r: 255, g: 255, b: 255, alpha: 1 }
const black: Colour = { r: 0, g: 0, b: 0, alpha: 1 }

export function paintOf(spec: Fill): Pick<Extend, 'paint' | 'colour' | 'gradient'> {
  if (spec.fill === 'blur') return { paint: 'blur' }
  if (spec.fill !== 'gradient')
    return spec.fillColour ? { paint: 'colour', colour: spec.fillColour } : { paint: 'background' }
  const space = spec.gradientSpace ?? 'srgb'
  const [from, to] = (spec.gradientType === 'radial' ? spec.gradientRadial : spec.gradientLinear) ?? [
    white,
    black,
  ]
  if (spec.gradientType !== 'radial')
    return {
      paint: 'gradient',
      gradient: { space, from, to, type: 'linear', degrees: spec.gradientDirection ?? 0 },
    }
  const { gradientX: x = 0.5, gradientY: y = 0.5, gradientRadii: [inner, outer] = [0.25, 0.5] } = spec
  return { paint: 'gradient', gradient: { space, from, to, type: 'radial', x, y, inner, outer } }
}
