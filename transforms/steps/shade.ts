// Lays a colour over the finished picture that comes in towards one side: what words upon it stand out from.
import type { Colour } from '../options/colour.ts'
import { colour, decimal } from '../options/kinds.ts'
import { effectOf } from './step.ts'

export interface Shade {
  /** Its alpha is what is reached at the end, above 0. */
  readonly colour: Colour
  /** Clockwise degrees; 0 runs from top to bottom. */
  readonly degrees: number
  /** Where it begins, and where it has come in whole, as shares of the way. */
  readonly from: number
  readonly to: number
}

const section = 'Effects'
const needs = '`shade`'

export const shade = effectOf<Shade>()({
  name: 'shade',
  rows: {
    shade: {
      key: 'shade',
      kind: colour,
      section,
      about:
        'A colour over the picture that comes in towards the bottom, or where `shade-ang` says; its alpha (`80000000`) is how opaque it becomes.',
      example: { value: '000' },
    },
    shadeAngle: {
      key: 'shade-ang',
      kind: decimal(0, 360),
      section,
      default: 0,
      needs,
      about: 'Where it comes in, clockwise in degrees: 0 at the bottom, 90 on the left, 180 at the top.',
      example: { value: '90', beside: 'shade=000' },
    },
    shadeFrom: {
      key: 'shade-from',
      kind: decimal(0, 1),
      section,
      default: 0,
      needs,
      about: 'Where it begins, as a share of the way.',
      example: { value: '0.5', beside: 'shade=000' },
    },
    shadeTo: {
      key: 'shade-to',
      kind: decimal(0, 1),
      section,
      default: 1,
      needs,
      about: 'Where it has come in whole.',
      example: { value: '0.5', beside: 'shade=000' },
    },
  },
  exact({ shade, shadeAngle = 0, shadeFrom = 0, shadeTo = 1 }) {
    if (!shade || shade.alpha === 0) return {}
    return {
      shade,
      shadeAngle: shadeAngle % 360 || undefined,
      shadeFrom: shadeFrom || undefined,
      shadeTo: shadeTo === 1 ? undefined : shadeTo,
    }
  },
  value: ({ shade, shadeAngle = 0, shadeFrom = 0, shadeTo = 1 }) =>
    shade && { colour: shade, degrees: shadeAngle, from: shadeFrom, to: shadeTo },
  colours: ({ colour: { r, g, b } }) => r !== g || g !== b,
  rates: { shade: 20 },
  work: (_, { made }) => ({ shade: made }),
})
