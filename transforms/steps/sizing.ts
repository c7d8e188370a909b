// The size part of an exact request: hints and densities become pixels, and a fit mode that lacks a side becomes the
// mode that it then amounts to.
import { rounded } from '../options/kinds.ts'
import { type Length, maxSide } from '../options/option-types.ts'
import { present } from '../options/present.ts'
import { type Fit, type Framing, hasBounds } from './geometry/layout.ts'
import type { Known } from './step.ts'

type Sides = Pick<Framing, 'width' | 'height'>
type Frame = Pick<Framing, 'fit' | 'aspect' | 'enlarge' | 'adapt'>
type Bounds = Pick<Framing, 'minWidth' | 'maxWidth' | 'minHeight' | 'maxHeight'>

type Hinted = Known['hinted']

export function sizing(
  options: Framing,
  { width: hinted, dpr }: Hinted,
): Sides & Frame & Bounds & Pick<Framing, 'dpr'> {
  const width = hinted === undefined ? options.width : { px: bounded(hinted) }
  const given = present({ width, height: options.height })
  const bound = bounds(given, options)
  const { fit, aspect, enlarge, adapt } = frame(given, options, hasBounds(bound))
  const sides = fit === 'crop' && aspect !== undefined ? completed(given, aspect) : given
  // The Width hint counts physical pixels: a density on top would count them twice.
  const density = factor(sides, densityOf(options, { width: hinted, dpr }))
  if (density === 1 && isOwnSize(sides, aspect) && !hasBounds(bound)) return {}
  return present({
    width: scaled(sides.width, density),
    height: scaled(sides.height, density),
    dpr: hasShare(sides) && density !== 1 ? rounded(density) : undefined,
    fit,
    enlarge,
    adapt,
    ...scaledBounds(bound, density),
    aspect: sides.width && sides.height ? undefined : aspect,
  })
}

const asked = ({ dpr = 1 }: Framing, hinted: Hinted['dpr']): number =>
  hinted !== undefined && hinted > 0 ? Math.min(5, hinted) : dpr

/** What lengths of the address are multiplied by: a density needs a side, and a width that is hinted counts real pixels. */
export function densityOf(options: Framing, { width, dpr }: Hinted): number {
  if (width !== undefined || (options.width ?? options.height) === undefined) return 1
  return rounded(asked(options, dpr))
}

/** The fit mode in effect: clip is absent. */
function frame(
  { width, height }: Sides,
  { fit = 'clip', aspect, enlarge, adapt }: Framing,
  isBounded: boolean,
): Frame {
  const limited = enlarge && limits[fit]?.includes(enlarge) ? { enlarge } : {}
  if (width && height) {
    const isIdle = adapt === 'clip' && (fit === 'clip' || fit === 'max')
    return { ...(fit === 'clip' ? {} : { fit }), ...limited, ...(adapt && !isIdle && { adapt }) }
  }
  if (fit === 'crop') return aspect === undefined ? (isBounded ? { fit } : {}) : { fit, aspect }
  if (!width && !height) return {}
  if (neverEnlarging.has(fit) || (fit === 'cover' && limited.enlarge === 'no')) return { fit: 'max' }
  return limited.enlarge === 'only' ? limited : {}
}

/** The words of `enlarge` that a fit mode takes. */
const limits: Readonly<Partial<Record<Fit, readonly NonNullable<Framing['enlarge']>[]>>> = {
  scale: ['no', 'fill'],
  crop: ['no', 'fill'],
  cover: ['no', 'only'],
  clip: ['only'],
  fill: ['only'],
}

/** Of sides that nothing else decides, without what bounds every side. */
function bounds({ width, height }: Sides, { fit, aspect, ...asked }: Framing): Bounds {
  if (fit !== 'crop' || aspect !== undefined || (width && height)) return {}
  const least = (side: number | undefined) => (side !== undefined && side > 1 ? side : undefined)
  const most = (side: number | undefined) => (side !== undefined && side < maxSide ? side : undefined)
  return present({
    minWidth: width ? undefined : least(asked.minWidth),
    maxWidth: width ? undefined : most(asked.maxWidth),
    minHeight: height ? undefined : least(asked.minHeight),
    maxHeight: height ? undefined : most(asked.maxHeight),
  })
}

function scaledBounds(limits: Bounds, density: number): Bounds {
  const side = (px: number | undefined) => (px === undefined ? undefined : bounded(px * density))
  const { minWidth, maxWidth, minHeight, maxHeight } = limits
  return present({
    minWidth: side(minWidth),
    maxWidth: side(maxWidth),
    minHeight: side(minHeight),
    maxHeight: side(maxHeight),
  })
}

// With one side the other follows the ratio, so that nothing is left to cut, fill or distort: only this remains.
const neverEnlarging: ReadonlySet<Fit> = new Set(['max', 'min', 'fillmax'])

/** Adds the side that the ratio gives, where the other is in pixels. */
function completed({ width, height }: Sides, aspect: number): Sides {
  if (width && 'px' in width && !height) return { width, height: { px: width.px / aspect } }
  if (height && 'px' in height && !width) return { width: { px: height.px * aspect }, height }
  return present({ width, height })
}

/** The density, or as much of it as keeps both sides within 8192 pixels. */
function factor({ width, height }: Sides, density: number): number {
  const longest = Math.max(pixels(width), pixels(height))
  return longest * density > maxSide ? maxSide / longest : density
}

/** The whole width, the whole height or both are the picture as large as it is, in every fit mode. */
function isOwnSize({ width, height }: Sides, aspect: number | undefined): boolean {
  const given = [width, height].filter((side) => side !== undefined)
  const areWhole = given.length > 0 && given.every((side) => 'share' in side && side.share === 1)
  // One side and a ratio make another shape.
  return areWhole && (given.length === 2 || aspect === undefined)
}

const pixels = (side: Length | undefined): number => (side && 'px' in side ? side.px : 0)

const hasShare = ({ width, height }: Sides): boolean =>
  [width, height].some((side) => side !== undefined && 'share' in side)

const scaled = (side: Length | undefined, density: number): Length | undefined =>
  side && 'px' in side ? { px: bounded(side.px * density) } : side

/** Whole pixels, half a pixel rounded up. */
const bounded = (px: number): number => Math.min(maxSide, Math.max(1, Math.round(px)))
