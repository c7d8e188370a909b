// Makes the plan for one picture: what its spec asks of what its facts say, in numbers only.
import type { Facts } from '../facts.ts'
import type { Spec } from '../language/options.ts'
import { choices } from './choices.ts'
import { isSame, nested, type Size } from './geometry.ts'
import { layOut } from './layout.ts'
import { fromExif, inverse, joined, type Orient, orientBox, orientSize, turned } from './orientation.ts'
import { output } from './output.ts'
import type { Box, Plan } from './plan-types.ts'
import { drawable, rasterised } from './raster.ts'
import { regionBox } from './region.ts'
import { rotated, type Steps } from './turning.ts'

export type { Box, Colour, Encoding, Plan } from './plan-types.ts'

/**
 * What to do to the picture that `facts` describe, so that it becomes what `spec` says. Every size is brought within 1
 * to 8192 pixels, every box within its picture. The order is that of the language: upright, region, size and crop, cut,
 * flip, rotation, effects, encoding. `fm=json` and `fm=original` are answered before; here they count as not given.
 * Fails with 'bad-option' only for a region wholly outside the picture.
 */
export function plan(spec: Spec, facts: Facts): Plan {
  const orient = orientOf(spec, facts)
  const oriented = orientSize(facts, orient)
  const asked = stepsOf(spec, facts, orient)
  const steps = rotated(facts.format === 'svg' ? drawable(asked, oriented) : asked, oriented, spec)
  const turnedSize = orientSize(facts, steps.orient ?? turned(0))
  const drawn = facts.format === 'svg' ? rasterised(steps, turnedSize) : steps
  const made = { ...withoutNothing(drawn, turnedSize), ...effects(spec), ...output(spec, facts, drawn) }
  return { ...made, ...choices(spec, facts, made) }
}

/** As `rect` sees the picture: EXIF, unless it is to be left as stored, and then `turn`. */
function seenOf({ turn }: Spec, facts: Facts): Orient {
  const exif = fromExif(facts.orientation)
  return turn ? joined(turn.isRaw ? turned(0) : exif, turn) : exif
}

/** As `rect` sees it unless overridden; 90, 180 and 270 turn on from there. */
function orientOf(spec: Spec, facts: Facts): Orient {
  const asked = Number(spec.orientation)
  if (spec.orientation === undefined) return seenOf(spec, facts)
  if (asked >= 90) return joined(seenOf(spec, facts), turned(asked / 90))
  return spec.turn ? joined(fromExif(asked), spec.turn) : fromExif(asked)
}

function stepsOf(spec: Spec, facts: Facts, orient: Orient): Steps {
  const oriented = orientSize(facts, orient)
  const region = spec.region && orientedRegion(spec.region, { seen: seenOf(spec, facts), orient, facts })
  const whole = facts.exact ? { ...oriented, exact: orientSize(facts.exact, orient) } : oriented
  const { early, resize, crop, extend, cut, size } = layOut(region ?? whole, spec)
  const extract = early && region ? nested(early, region) : (early ?? region)
  return {
    orient,
    ...(extract && { extract }),
    resize,
    ...(crop && { crop }),
    ...(extend && { extend }),
    ...(cut && { cut }),
    ...(spec.flip && { flip: { horizontal: spec.flip !== 'v', vertical: spec.flip !== 'h' } }),
    ...size,
  }
}

interface Lying {
  readonly seen: Orient
  readonly orient: Orient
  readonly facts: Facts
}

/** `rect` is meant on the picture as EXIF and `turn` turn it, whatever `or` then does to it. */
function orientedRegion(region: NonNullable<Spec['region']>, { seen, orient, facts }: Lying): Box {
  const size = orientSize(facts, seen)
  return orientBox(regionBox('rect', region, size), size, joined(inverse(seen), orient))
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
