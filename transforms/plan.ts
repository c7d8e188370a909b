// What is to be done to one picture, in numbers only: made from a spec and the picture's facts, carried out by apply.ts.
import { type Facts, upright } from './facts.ts'
import type { OutputFormat } from './formats.ts'
import { isSame, nested, type Size } from './geometry.ts'
import { layOut } from './layout.ts'
import type { Spec } from './options.ts'
import { fromExif, inverse, joined, type Orient, orientBox, orientSize, turned } from './orientation.ts'
import { output } from './output.ts'
import { rasterised } from './raster.ts'
import { regionBox } from './region.ts'
import { rotated, type Steps } from './turning.ts'

export interface Box {
  readonly left: number
  readonly top: number
  readonly width: number
  readonly height: number
}

export interface Colour {
  readonly r: number
  readonly g: number
  readonly b: number
  /** 0 to 1. */
  readonly alpha: number
}

/** How the encoder is set; read by encode.ts. `quality` is already the format's own number. */
export interface Encoding {
  readonly format: OutputFormat
  /** 1 to 100 on the encoder's own scale; absent for lossless output. */
  readonly quality?: number
  readonly lossless: boolean
  /** JPEG only. */
  readonly progressive: boolean
}

/** Steps in the order they are carried out; an absent step is not done. All boxes are whole pixels inside their picture. */
export interface Plan {
  /** Decode only the first frame, or all of them. */
  readonly frames: 'first' | 'all'
  /** SVG only: how many times its own size to draw it. `extract` then is a box of that drawing. */
  readonly density?: number
  /** Brings the stored picture upright (or to what `or` asks for): quarter turns clockwise, then a left-right mirror. */
  readonly orient?: { readonly turns: 0 | 1 | 2 | 3; readonly mirror: boolean }
  /** Region of the upright picture to keep, before resizing. */
  readonly extract?: Box
  /** Exact size to resize to; the ratio may differ from the source's (fit=scale). */
  readonly resize?: { readonly width: number; readonly height: number }
  /** Cuts the resized picture: a known box, or a size whose place the pixels decide. */
  readonly crop?:
    | { readonly by: 'box'; readonly box: Box }
    | { readonly by: 'entropy' | 'attention'; readonly width: number; readonly height: number }
  /** Canvas added round the picture: painted in `background`, or by repeating the edge pixels. */
  readonly extend?: {
    readonly top: number
    readonly right: number
    readonly bottom: number
    readonly left: number
    readonly paint: 'background' | 'edge'
  }
  /** Mirrors of the result: left-right, top-bottom. */
  readonly flip?: { readonly horizontal: boolean; readonly vertical: boolean }
  /** Clockwise degrees, 0 < degrees < 360, then the centred cut that keeps the frame filled. */
  readonly rotate?: {
    readonly degrees: number
    readonly cut: { readonly width: number; readonly height: number }
  }
  /** Gaussian sigma in pixels of the result, 0.3 to 200. */
  readonly blur?: number
  /** Strength 0 to 100, see apply.ts. */
  readonly sharpen?: number
  /** Canvas and, where the format has no alpha, behind transparent pixels. */
  readonly background: Colour
  /** Remove transparency: the format cannot hold it, or a background was asked for. */
  readonly flatten: boolean
  readonly encoding: Encoding
  /** The result's size in pixels of one frame. */
  readonly width: number
  readonly height: number
  readonly pages: number
}

/**
 * What to do to the picture that `facts` describe, so that it becomes what `spec` says. Never fails: every size is
 * brought within 1 to 8192 pixels, every box within its picture. The order is that of the language: region, upright,
 * size and crop, flip, rotation, effects, encoding. `fm=json` is answered before; here it counts as not given.
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
