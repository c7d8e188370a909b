// Optidash's operations on pixels as an edit in the options of the URL language. In its order: flip, crop, resize or
// scale, effects.
import { z } from 'zod'
import { Failure } from '../../../errors.ts'
import { type EditPairs, editText } from '../edit-text.ts'
import { whole, words } from '../schema.ts'

/** The longest side that a result may have: that of the URL language. */
const side = whole(1, 8192)
const offset = whole(0, 100_000)
const flag = z.boolean({ error: 'must be true or false' })

const number = (min: number, max: number) => {
  const error = `must be a number from ${min} to ${max}`
  return z.number({ error }).min(min, { error }).max(max, { error })
}

type GravitySides = readonly ['top' | 'bottom' | undefined, 'left' | 'right' | undefined]

const places: Readonly<Record<string, GravitySides>> = {
  center: [undefined, undefined],
  ...{ 'top-left': ['top', 'left'], top: ['top', undefined], 'top-right': ['top', 'right'] },
  ...{ right: [undefined, 'right'], 'bottom-right': ['bottom', 'right'], bottom: ['bottom', undefined] },
  ...{ 'bottom-left': ['bottom', 'left'], left: [undefined, 'left'] },
}

const named = Object.keys(places)
const faces = ['face', 'faces']
const gravity = z.enum(named, { error: `must be one of ${named.join(', ')}` }).optional()
const gravityOrFace = z
  .enum([...named, ...faces], { error: `must be one of ${[...named, ...faces].join(', ')}` })
  .optional()

/** RGB, RRGGBB or RRGGBBAA; the URL language puts alpha first. */
const colour = words()
  .regex(/^#?(?:[\da-f]{3}|[\da-f]{6}|[\da-f]{8})$/i, {
    error: 'must be a colour such as f60, #ff6600 or ff660080',
  })
  .transform((text) => {
    const hex = text.replace('#', '').toLowerCase()
    return hex.length === 8 ? hex.slice(6) + hex.slice(0, 6) : hex
  })

const resize = z
  .strictObject({
    mode: z
      .enum(['auto', 'fit', 'fill', 'exact'], { error: 'must be one of auto, fit, fill, exact' })
      .default('auto'),
    ...{ width: side.optional(), height: side.optional() },
    ...{ gravity: gravityOrFace, upscale: flag.default(true), background: colour.optional() },
  })
  .superRefine(({ mode, width, height }, context) => {
    const lacks = width === undefined ? 'width' : height === undefined ? 'height' : undefined
    if (!lacks || (mode === 'auto' && (width ?? height) !== undefined)) return
    context.addIssue({ code: 'custom', path: [lacks], message: `is needed in mode ${mode}` })
  })

const crop = z.discriminatedUnion(
  'mode',
  [
    z.strictObject({
      mode: z.literal('rect'),
      ...{ width: side, height: side, gravity, x: offset.optional(), y: offset.optional() },
    }),
    z.strictObject({
      mode: z.literal('ratio'),
      ratio: words().regex(/^[1-9]\d{0,3}:[1-9]\d{0,3}$/, { error: 'must be a ratio such as 5:9' }),
      gravity: gravityOrFace,
    }),
  ],
  { error: 'must be one of rect, ratio; face is not supported' },
)

const blur = z.strictObject({
  mode: z.literal('gaussian', { error: 'must be gaussian' }).default('gaussian'),
  value: number(0, 200),
})
const filter = z.strictObject({ blur: blur.optional() }).optional()

/** The operations that are objects at the top level of the JSON. */
export const operations = {
  resize: resize.optional(),
  scale: z
    .strictObject({ size: number(0.0001, 1).default(1), ratio: number(0.0001, 10_000).default(1) })
    .optional(),
  crop: crop.optional(),
  flip: z.strictObject({ horizontal: flag.optional(), vertical: flag.optional() }).optional(),
  ...{ filter, stylize: filter },
  adjust: z.strictObject({ unsharp: number(0, 100).optional() }).optional(),
  auto: z.strictObject({ enhance: z.literal(false, { error: 'is not supported' }).optional() }).optional(),
}

const shape = z.object(operations)
type Operations = z.infer<typeof shape>
type Resize = NonNullable<Operations['resize']>
type Crop = NonNullable<Operations['crop']>

/** '' when the pixels stay as they are. Fails with 'bad-option' for operations that cannot be joined. */
export function editOf(asked: Operations): string {
  const { resize, scale, crop, flip, adjust } = asked
  if (resize && scale) throw apart('resize', 'scale')
  const isPlaced = crop !== undefined || resize?.gravity !== undefined
  const blurred = (asked.filter ?? asked.stylize)?.blur?.value
  const pairs: EditPairs = {
    ...sizes(crop, resize, scale),
    ...(flip && (isPlaced ? turns(flip) : mirrors(flip))),
    // The language counts in tenths of a pixel of sigma.
    ...(blurred && { blur: Math.round(blurred * 10) }),
    ...(adjust?.unsharp && { sharp: adjust.unsharp }),
  }
  return editText(pairs)
}

function sizes(crop: Crop | undefined, resize: Resize | undefined, scale: Operations['scale']): EditPairs {
  if (crop?.mode === 'ratio') {
    if (scale) throw apart('crop.ratio', 'scale')
    return ratioOf(crop, resize)
  }
  return {
    ...(crop && { rect: region(crop) }),
    ...(resize && resizePairs(resize)),
    ...(scale && scalePairs(scale)),
  }
}

function resizePairs({ mode, width, height, gravity, upscale, background }: Resize): EditPairs {
  const frame = { ...(width && { w: width }), ...(height && { h: height }) }
  switch (mode) {
    case 'auto':
      return { ...frame, fit: upscale ? 'clip' : 'max' }
    case 'fit':
      if (upscale) return { ...frame, fit: 'crop', ...cropPairs(gravity) }
      if ((gravity ?? 'center') !== 'center') throw apart('resize.gravity', '"upscale": false')
      return { ...frame, fit: 'min' }
    case 'fill':
      return { ...frame, fit: upscale ? 'fill' : 'fillmax', ...(background && { bg: background }) }
    case 'exact':
      if (!upscale) throw apart('resize.mode exact', '"upscale": false')
      return { ...frame, fit: 'scale' }
  }
}

/** Both steps cut, so that only a resize which keeps the ratio can follow. */
function ratioOf({ ratio, gravity }: Crop & { mode: 'ratio' }, resize: Resize | undefined): EditPairs {
  const cut = { ar: ratio, fit: 'crop', ...cropPairs(gravity) }
  if (!resize) return cut
  const { mode, width, height, upscale } = resize
  if (mode !== 'auto') throw apart('crop.ratio', `resize.mode ${mode}`)
  if (!upscale) throw apart('crop.ratio', '"upscale": false')
  if (width === undefined || height === undefined)
    return { ...(width && { w: width }), ...(height && { h: height }), ...cut }
  const [across = 1, down = 1] = ratio.split(':').map(Number)
  const scale = Math.min(width / across, height / down)
  const at = (length: number) => Math.max(1, Math.round(length * scale))
  return { w: at(across), h: at(down), fit: 'crop', ...cropPairs(gravity) }
}

/** Nobody looks for faces here: what draws the eye is the nearest there is. */
function cropPairs(gravity = 'center'): EditPairs {
  if (faces.includes(gravity)) return { crop: 'attention' }
  const words = (places[gravity] ?? []).filter((word) => word !== undefined)
  return words.length > 0 ? { crop: words.join(',') } : {}
}

function region({ width, height, gravity = 'center', x, y }: Crop & { mode: 'rect' }): string {
  const [down, across] = places[gravity] ?? []
  const isPlaced = x !== undefined || y !== undefined
  const at = isPlaced ? [x ?? 0, y ?? 0] : [across ?? 'center', down ?? 'middle']
  return [...at, width, height].join(',')
}

/** Shares of the sides: the language writes one with a point. */
function scalePairs({ size, ratio }: NonNullable<Operations['scale']>): EditPairs {
  if (size * ratio > 1)
    throw new Failure('bad-option', 'scale.ratio must not enlarge: size times ratio is at most 1')
  if (ratio === 1) return size === 1 ? {} : { w: share(size) }
  return { w: share(size), h: share(size * ratio), fit: 'scale' }
}

const share = (value: number): string =>
  value === 1 ? '1.0' : String(Math.max(1e-4, Number(value.toFixed(4))))

function mirrors({ horizontal, vertical }: NonNullable<Operations['flip']>): EditPairs {
  const words = `${horizontal ? 'h' : ''}${vertical ? 'v' : ''}`
  return words === '' ? {} : { flip: words }
}

/** Before anything is cut off: what was on the left is cut from the right. */
function turns({ horizontal, vertical }: NonNullable<Operations['flip']>): EditPairs {
  const words = `${vertical ? '180' : ''}${horizontal === vertical ? '' : 'h'}`
  return horizontal || vertical ? { turn: words } : {}
}

const apart = (one: string, other: string): Failure =>
  new Failure('bad-option', `${one} cannot be joined with ${other}`)
