// Makes the plan for one picture: what its spec asks of what its facts say, in numbers only.
import { type Facts, upright } from '../facts.ts'
import type { Spec } from '../language/options.ts'
import { isSame, nested, type Size } from './geometry.ts'
import { layOut } from './layout.ts'
import { fromExif, inverse, joined, type Orient, orientBox, orientSize, turned } from './orientation.ts'
import { output } from './output.ts'
import type { Box, Plan } from './plan-types.ts'
import { rasterised } from './raster.ts'
import { regionBox } from './region.ts'
import { rotated, type Steps } from './turning.ts'

export type { Box, Colour, Encoding, Plan } from './plan-types.ts'

/**
 * What to do to the picture that `facts` describe, so that it becomes what `spec` says. Never fails: every size is
 * brought within 1 to 8192 pixels, every box within its picture. The order is that of the language: region, upright,
 * size and crop, flip, rotation, effects, encoding. `fm=json` and `fm=original` are
 * answered before; here they count as not given.
 */
export function plan(spec: Spec, facts: Facts): Plan {
  const orient = orientOf(spec, facts)
  const oriented = orientSize(facts, orient)
  const steps = rotated(stepsOf(spec, facts, orient), oriented, spec.rotation ?? 0)
  const turnedSize = orientSize(facts, steps.orient ?? turned(0))
  const drawn = facts.format === 'svg' ? rasterised(steps, turnedSize) : steps
  return { ...withoutNothing(drawn, turnedSize), ...effects(spec), ...output(spec, facts) }
}

/** EXIF unless overridden; 90, 180 and 270 turn on from upright. */
function orientOf({ orientation }: Spec, facts: Facts): Orient {
  const asked = Number(orientation)
  const exif = fromExif(facts.orientation)
  if (orientation === undefined) return exif
  return asked >= 90 ? joined(exif, turned(asked / 90)) : fromExif(asked)
}

function stepsOf(spec: Spec, facts: Facts, orient: Orient): Steps {
  const oriented = orientSize(facts, orient)
  const region = spec.region && orientedRegion(spec.region, facts, orient)
  const { cut, resize, crop, extend, size } = layOut(region ?? oriented, spec)
  const extract = cut && region ? nested(cut, region) : (cut ?? region)
  return {
    orient,
    ...(extract && { extract }),
    resize,
    ...(crop && { crop }),
    ...(extend && { extend }),
    ...(spec.flip && { flip: { horizontal: spec.flip !== 'v', vertical: spec.flip !== 'h' } }),
    ...size,
  }
}

/** `rect` is meant on the picture as EXIF turns it, whatever `or` then does to it. */
function orientedRegion(region: NonNullable<Spec['region']>, facts: Facts, orient: Orient): Box {
  const seen = upright(facts)
  return orientBox(regionBox(region, seen), seen, joined(inverse(fromExif(facts.orientation)), orient))
}

/** Leaves out the steps that would change nothing: each is a pass over all pixels. */
function withoutNothing(steps: Steps, oriented: Size): Steps {
  const { orient, extract, resize, ...rest } = steps
  const whole = extract === undefined || (steps.density === undefined && isSame(extract, oriented))
  const same = steps.density === undefined && resize !== undefined && isSame(resize, extract ?? oriented)
  return {
    ...rest,
    ...(orient && (orient.turns !== 0 || orient.mirror) && { orient }),
    ...(!whole && { extract }),
    ...(!same && resize && { resize }),
  }
}

/** Reference: `blur` 0 to 2000; sharp's sigma starts at 0.3. */
function effects({ blur, sharpen }: Spec): Pick<Plan, 'blur' | 'sharpen'> {
  return {
    ...(blur && { blur: Math.max(0.3, blur / 10) }),
    ...(sharpen && { sharpen }),
  }
}
