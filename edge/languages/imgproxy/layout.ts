// imgproxy's sizes, crops and turns in native options.
import { padded } from '../shared/effects.ts'
import { inTurn, type Meeting, quarters, sized, standing, turning } from '../shared/pairs.ts'
import { shown } from '../shared/values.ts'
import { type Pairs, refusal } from '../shared/words.ts'
import { type Crop, type Gravity, pairsOf, regionOf } from './gravity.ts'
import type { ImgproxyAsked, ResizingType } from './readers.ts'

const meetings: Readonly<Record<ResizingType, Meeting>> = {
  fit: 'inside',
  fill: 'cover',
  'fill-down': 'ratio',
  force: 'distort',
  auto: 'cover',
}

/** Padding is added to what was sized. */
export function laidOut(asked: ImgproxyAsked): Pairs {
  if (asked.crop && asked.isTrimmed) throw refusal('crop', 'crop beside trim is not supported')
  const { kernel } = asked
  const pairs = {
    ...sizes(asked),
    ...(kernel === undefined || kernel === 'lanczos3' ? {} : { kernel }),
  }
  return asked.padding ? padded(pairs, asked.padding) : pairs
}

function sizes(asked: ImgproxyAsked): Pairs {
  const { type = 'fit', enlarge = false, zoom: [x, y] = [1, 1] } = asked
  const [width, height] = [scale(asked.width, x), scale(asked.height, y)]
  refuseLonger(asked.most, width, height)
  const extend = asked.extend === true || extendsRatio(asked)
  if (asked.minWidth || asked.minHeight) return atLeast(asked, { width, height })
  if (!width && !height) {
    if (asked.facePad) throw refusal('crop_objects', 'crop_objects needs a width and a height')
    return asked.most ? { w: shown(asked.most), h: shown(asked.most), fit: 'max' } : zoomed(x, y, extend)
  }
  if (!width || !height) {
    if (extend && !enlarge) throw refusal('extend', 'extend needs both sides')
    if (type === 'force')
      return { w: width ? shown(width) : '1.0', h: height ? shown(height) : '1.0', fit: 'scale' }
    return sized({ width, height }, 'inside', enlarge)
  }
  const meeting = type === 'fit' && extend ? 'pad' : meetings[type]
  const pairs = {
    ...sized({ width, height }, meeting, enlarge),
    ...(type === 'auto' ? { adapt: 'clip' } : {}),
  }
  const kept = meeting === 'cover' || meeting === 'ratio' ? keptBy(asked) : {}
  const aside = extend ? standing(asked.standing ?? '') : {}
  if (meeting === 'pad') return { ...pairs, ...aside }
  if (!extend || enlarge) return { ...pairs, ...kept }
  if (meeting === 'ratio') throw refusal('extend', 'extend beside fill-down is not supported')
  return { ...pairs, ...kept, enlarge: 'fill', ...aside }
}

/** Of an enlarged picture the canvas that has the ratio of the box is the box. */
function extendsRatio({ extendRatio, enlarge, width, height }: ImgproxyAsked): boolean {
  if (extendRatio && !(enlarge && width && height))
    throw refusal('extend_aspect_ratio', 'extend_aspect_ratio without enlarge is not supported')
  return extendRatio === true
}

function keptBy({ gravity = { x: '', y: '' }, facePad }: ImgproxyAsked): Pairs {
  if (facePad) return { crop: 'faces,attention', facepad: shown(facePad) }
  const pairs = pairsOf(gravity)
  if (!pairs) throw refusal('gravity', 'Offsets of gravity are not supported')
  return pairs
}

function refuseLonger(most: number | undefined, width = 0, height = 0): void {
  const isBounded = width > 0 && height > 0 && Math.max(width, height) <= (most ?? Infinity)
  if (most !== undefined && (width || height) && !isBounded)
    throw refusal('max_result_dimension', 'max_result_dimension beside a longer side is not supported')
}

/** A source that is too small is enlarged; beside a side of the same length, the other one is cut. */
function atLeast(
  { minWidth, minHeight }: ImgproxyAsked,
  { width, height }: { readonly width: number | undefined; readonly height: number | undefined },
): Pairs {
  if (!width && !height) {
    const both: Pairs = minWidth && minHeight ? { fit: 'cover' } : {}
    return {
      ...(minWidth ? { w: shown(minWidth) } : {}),
      ...(minHeight ? { h: shown(minHeight) } : {}),
      ...both,
      enlarge: 'only',
    }
  }
  if (minWidth && minWidth === width && !minHeight)
    return { w: shown(width), ...(height ? { fit: 'crop', 'max-h': shown(height) } : {}) }
  if (minHeight && minHeight === height && !minWidth)
    return { h: shown(height), ...(width ? { fit: 'crop', 'max-w': shown(width) } : {}) }
  throw refusal('min-width', 'min-width or min-height beside another size is not supported')
}

const scale = (side: number | undefined, factor: number): number | undefined =>
  side ? Math.max(1, Math.round(side * factor)) : undefined

function zoomed(x: number, y: number, extend: boolean): Pairs {
  if (extend) throw refusal('extend', 'extend needs both sides')
  if (x === 1 && y === 1) return {}
  if (x > 1 || y > 1) throw refusal('zoom', 'zoom above 1 needs a width or a height')
  const [w, h] = [x, y].map((share) => (share === 1 ? '1.0' : shown(share)))
  return { w: w ?? '', h: h ?? '', fit: 'scale' }
}

export function region({ crop, cropRatio, gravity = { x: '', y: '' } }: ImgproxyAsked): Pairs {
  if (!crop) return cropRatio ? { rect: ofRatio(cropRatio, gravity) } : {}
  const rect = regionOf(cropRatio ? corrected(crop, cropRatio) : crop, gravity)
  if (rect === undefined) throw refusal('crop', 'crop takes an edge, a corner or the middle as its gravity')
  return { rect }
}

/** The largest part of the ratio. */
function ofRatio(ratio: number, gravity: Gravity): string {
  if ('pairs' in gravity || gravity.offset)
    throw refusal(
      'crop_aspect_ratio',
      'crop_aspect_ratio takes an edge, a corner or the middle as its gravity',
    )
  return `${gravity.x || 'center'},${gravity.y || 'middle'},${shown(ratio)}:1`
}

/** A crop in pixels as much smaller as its ratio asks for. */
function corrected({ width, height, ...crop }: Crop, ratio: number): Crop {
  const [w, h] = [Number(width), Number(height)]
  if (!(w >= 1 && h >= 1))
    throw refusal('crop_aspect_ratio', 'crop_aspect_ratio beside a crop needs both of its sides in pixels')
  const [across, down] = w / h > ratio ? [h * ratio, h] : [w, w / ratio]
  return {
    ...crop,
    width: shown(Math.max(1, Math.round(across))),
    height: shown(Math.max(1, Math.round(down))),
  }
}

/** The region is cut before the picture is turned, which `turn` would do first. */
export function turns({ rotation = 0, mirror, isRaw = false, crop }: ImgproxyAsked): Pairs {
  const orient = inTurn(quarters(rotation), ...(mirror ? [mirror] : []))
  if (crop && (orient.mirror || (isRaw && orient.turns !== 0)))
    throw refusal('flip', 'flip beside crop is not supported')
  return turning(orient, isRaw)
}
