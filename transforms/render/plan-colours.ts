// The colours that a plan names are sRGB's: for a picture in another space, the same colours in that.
import type { Colour } from '../options/colour.ts'
import { toPrimaries } from '../pixels/primaries.ts'
import { type SpaceName, spaces } from '../pixels/spaces.ts'
import { wideSpaceOf } from '../plan/colour-way.ts'
import type { Plan } from '../plan/plan.ts'

export function inSpaceOfPlan(plan: Plan): Plan {
  const space = wideSpaceOf(plan)
  if (!space) return plan
  // Of the pictures beside the source nothing is a colour, and what was asked for is planned anew.
  const { further, spec, ...rest } = plan
  return { ...converted(rest, space), ...(further && { further }), ...(spec && { spec }) }
}

/** Every step has its colours somewhere in its value, so all of them are looked through. */
function converted<T>(value: T, space: SpaceName): T {
  if (Array.isArray(value)) return value.map((each) => converted(each, space)) as T
  if (typeof value !== 'object' || value === null) return value
  if (isColour(value)) return { ...value, ...inSpace(value, space) }
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, converted(each, space)])) as T
}

const isColour = (value: object): value is Colour =>
  ['r', 'g', 'b'].every((key) => typeof (value as Record<string, unknown>)[key] === 'number')

function inSpace({ r, g, b }: Colour, space: SpaceName): Pick<Colour, 'r' | 'g' | 'b'> {
  const { primaries, sampleOf } = spaces[space]
  const m = toPrimaries(spaces.srgb.primaries, primaries)
  const [x, y, z] = [r, g, b].map((level) => spaces.srgb.lightOf(level / 255)) as [number, number, number]
  const level = (light: number): number => Math.round(sampleOf(Math.min(1, Math.max(0, light))) * 255)
  return {
    r: level(m[0] * x + m[1] * y + m[2] * z),
    g: level(m[3] * x + m[4] * y + m[5] * z),
    b: level(m[6] * x + m[7] * y + m[8] * z),
  }
}
