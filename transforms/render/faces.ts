// Where the faces of a source are: `crop=faces`, which only the pixels can answer.
import type { Sharp } from 'sharp'
import { Failure } from '../../errors.ts'
import { type Face, facesIn, facesOf, lookedSide } from '../faces/index.ts'
import type { Facts } from '../facts.ts'
import { white } from '../options/colour.ts'
import { from, type Pixels, pixelsOf } from '../pixels/run.ts'
import { withSeen } from '../plan/passes.ts'
import { type Pass, type Plan, plan } from '../plan/plan.ts'
import { admit, affordable, defaultLimits } from '../price.ts'
import type { Aim } from '../processor.ts'
import { orientSize } from '../steps/geometry/orientation.ts'
import { type Box, inside, type Size } from '../steps/geometry/sizes.ts'
import { frame } from './steps/frame.ts'

export interface Opened {
  readonly image: Sharp
  /** Of the decoded picture. */
  readonly size: Size
}

export interface Looking {
  /** Whose pixels they are. */
  readonly source: Uint8Array
  /** The first frame. */
  open(): Promise<Opened>
}

export interface Aimed {
  readonly plan: Plan
  readonly facts: Facts
  readonly faces: Aim
}

/** The plan that knows the faces. Fails with 'too-costly' where it costs much more than was foreseen. */
export async function aimed(
  asked: { readonly plan: Plan; readonly facts: Facts },
  pass: Pass,
  { source, open }: Looking,
): Promise<Aimed> {
  const { orient, faces: step } = pass
  const { spec, film, further } = asked.plan
  if (!spec || !step) throw new RangeError('a plan that looks for faces without what was asked for')
  const part = JSON.stringify({ region: step.region, orient, first: film?.first })
  const faces = await facesIn(source, part, async () => looked(await open(), step.region, pass))
  const known = withSeen(asked.facts, pass, { faces })
  const again = affordable(plan(spec, known, further), known, defaultLimits)
  admit(known, again, defaultLimits)
  if (again.source === 'only') throw new Failure('too-costly', 'The picture would cost too much to make.')
  return {
    plan: again,
    facts: known,
    faces: { found: faces.length, by: faces.length > 0 ? 'faces' : step.otherwise },
  }
}

/** A small copy of the part that is used, upright. */
async function looked({ image, size }: Opened, extract: Box | undefined, { orient }: Pass) {
  const upright = extract ?? (orient ? orientSize(size, orient) : size)
  const shown = frame(image, size, {
    background: white,
    flatten: true,
    ...(orient && { orient }),
    ...(extract && { extract }),
    resize: inside(upright, { width: lookedSide, height: lookedSide }, 1),
  })
  return coloured(await pixelsOf(shown.toColourspace('srgb')))
}

/** The faces of pixels that are there already. */
export async function facesOn(pixels: Pixels): Promise<readonly Face[]> {
  // Small faces are found better when they are enlarged.
  const { width, height } = inside(pixels, { width: lookedSide, height: lookedSide }, 2)
  const small = from(pixels).flatten({ background: '#fff' }).resize({ width, height, fit: 'fill' })
  return facesOf(coloured(await pixelsOf(small.toColourspace('srgb'))))
}

/** Red, green and blue of each pixel, and nothing else. */
function coloured({ data, width, height, channels }: Pixels) {
  if (channels === 3) return { data, width, height }
  const step = channels < 3 ? 0 : 1
  const made = new Uint8Array(width * height * 3)
  for (let to = 0, at = 0; to < made.length; to += 3, at += channels)
    for (let c = 0; c < 3; c++) made[to + c] = data[at + c * step] as number
  return { data: made, width, height }
}
