// Each supported operation as a change of the state, and the operations of the language that are refused.
import { Failure } from '../../../errors.ts'
import { type Options, turned } from '../../../transforms/index.ts'
import { colour, integer, oneOf, refuse } from './arguments.ts'
import { colourOf, cornersOf, trimOf } from './colours.ts'
import { alignOf, blurredRegion, boxOf, fontOf, overlayOf, rectOf, textOf } from './drawn.ts'
import type { Operation } from './path.ts'
import { faceOf, regionOf } from './region.ts'
import { resizeAgain } from './second-resize.ts'
import { type ReadSizing, sizings } from './sizing.ts'
import { isUpright, type Sizing, start, turnBy, type UploadcareState } from './state.ts'
import { notDone } from './words.ts'

type OperationStep = (state: UploadcareState, operation: Operation) => UploadcareState

const yesNo = { yes: true, no: false } as const

const steps: Readonly<Record<string, OperationStep>> = {
  crop: crop,
  trim: trim,
  border_radius: round,
  stretch: (state, operation) => ({
    ...state,
    stretch: operation.args.length === 0 ? 'on' : oneOf(operation, { on: 'on', off: 'off', fill: 'fill' }),
  }),
  setfill(state, operation) {
    const fill = operation.args.length === 1 ? colour(operation.args[0] ?? '') : undefined
    if (fill === undefined) throw refuse(operation, 'a colour in hex, such as ff0000')
    return { ...state, fill }
  },

  autorotate: (state, operation) => ({ ...state, isRaw: !oneOf(operation, yesNo) }),
  rotate(state, operation) {
    const degrees = integer(operation.args[0] ?? '', [-3600, 3600])
    if (degrees === undefined || degrees % 90 !== 0 || operation.args.length !== 1)
      throw refuse(operation, 'a multiple of 90')
    return turnBy(state, turned(-degrees / 90))
  },
  flip: (state, operation) => turnBy(state, { ...turned(2 + bare(operation)), mirror: true }),
  mirror: (state, operation) => turnBy(state, { ...turned(bare(operation)), mirror: true }),

  blur: (state, operation) => {
    const [, amount = '100', ...rest] = operation.args
    const share = integer(amount, [-200, 100])
    if (rest.length > 0 || share === undefined || (share > 0 && share < 100))
      throw refuse(operation, 'a strength, then 100 or a negative amount')
    const by = Math.min(2000, strength(operation, 10, 5000))
    if (share === 100) return withEffect(state, operation, { blur: by })
    // What a blur takes away, once more: an unsharp mask.
    return share === 0
      ? state
      : withEffect(state, operation, {
          unsharp: Math.min(100, -share),
          unsharpRadius: Math.min(100, by / 10),
        })
  },
  // Theirs goes to 20, ours to 100.
  sharp: (state, operation) => withEffect(state, operation, { sharpen: strength(operation, 5, 20) * 5 }),

  blur_region: (state, operation) => withEffect(state, operation, blurredRegion(operation)),
  rect: (state, operation) => withEffect(state, operation, rectOf(operation)),
  overlay: (state, operation) => withEffect(state, operation, overlayOf(operation)),
  text: (state, operation) => withEffect(state, operation, textOf(operation, state.lettering)),
  font: (state, operation) => ({ ...state, lettering: fontOf(operation, state.lettering) }),
  text_align: (state, operation) => ({ ...state, lettering: alignOf(operation, state.lettering) }),
  text_box: (state, operation) => ({ ...state, lettering: boxOf(operation, state.lettering) }),

  gif2video(state, operation) {
    if (operation.args.length > 0) throw refuse(operation, 'no arguments')
    // Only the address's first word is without a mark.
    if (state !== start) throw refuseOperation('gif2video', 'gif2video stands before all operations')
    return { ...state, isVideo: true, format: 'mp4' }
  },
  format(state, operation) {
    if (state.isVideo) return { ...state, format: oneOf(operation, { mp4: 'mp4', webm: 'webm' } as const) }
    const formats = { jpeg: 'jpeg', png: 'png', webp: 'webp', auto: 'auto', preserve: 'preserve' } as const
    return { ...state, format: oneOf(operation, formats) }
  },
  quality: (state, operation) => ({
    ...state,
    quality: { ...keptMetadata(state), ...oneOf(operation, qualities) },
  }),
  progressive: (state, operation) => ({ ...state, isProgressive: oneOf(operation, yesNo) }),
  inline: (state, operation) => ({ ...state, as: oneOf(operation, { yes: 'inline', no: 'attachment' }) }),

  // What these ask for is done in any case: no metadata, sRGB without a profile, drawings as pixels.
  strip_meta: (state, operation) => ({
    ...state,
    quality: { ...state.quality, ...oneOf(operation, metadata) },
  }),
  srgb: (state, operation) => keepUnchanged(state, oneOf(operation, { fast: true, icc: true })),
  max_icc_size(state, operation) {
    if (integer(operation.args[0] ?? '', [0, 99_999]) === undefined) throw refuse(operation, 'kilobytes')
    return state
  },
  rasterize: (state, operation) => keepUnchanged(state, bare(operation)),
  // Which program wrote the address: the widgets say so in every one.
  '@clib': (state) => state,
}

/** The quality of a JPEG that takes about as many bytes more or less as their documentation says. */
const qualities: Readonly<Record<string, Options>> = {
  normal: {},
  better: { quality: 86 },
  best: { quality: 92 },
  lighter: { quality: 70 },
  lightest: { quality: 45 },
  smart: { quality: 'auto' },
  // At double density nobody sees the last of what is lost.
  smart_retina: { quality: 'auto', automatic: ['compress'] },
}

const metadata: Readonly<Record<string, Options>> = {
  all: { metadata: 'none' },
  none: { metadata: 'all' },
  sensitive: { metadata: 'nolocation' },
}

const keptMetadata = ({ quality: { metadata: kept } }: UploadcareState): Options =>
  kept === undefined ? {} : { metadata: kept }

/** Beside those of sizes and colours. */
export const stepNames = Object.keys(steps)

export function apply(state: UploadcareState, operation: Operation): UploadcareState {
  const { name } = operation
  const size = Object.hasOwn(sizings, name) ? sizings[name] : undefined
  if (size) return resize(state, operation, size)
  const colours = colourOf(operation)
  if (colours) return withColours(state, operation, colours)
  const step = Object.hasOwn(steps, name) ? steps[name] : undefined
  if (step) return step(state, operation)
  const words = notDone.has(name) ? 'is not supported' : 'is not known'
  throw refuseOperation(name, `The operation ${name.slice(0, 60)} ${words}`)
}

const refuseOperation = (name: string, message: string): Failure =>
  new Failure('bad-option', message, { option: name })

function resize(state: UploadcareState, operation: Operation, size: ReadSizing): UploadcareState {
  const { name } = operation
  const asked = size(operation, state)
  const next = resizeAgain(
    state,
    state.face && !state.sizing ? roundFace(operation, asked, state.face) : asked,
  )
  if (!next) throw refuseOperation(name, `${name} after another sizing operation is not supported`)
  if (next !== state && Object.keys(state.effects).length > 0)
    throw refuseOperation(name, `${name} after blur or sharp is not supported: size first`)
  return next
}

/** The part round the largest face, in the ratio of the size or in its own. */
function roundFace(
  { name }: Operation,
  { options: { width, height, fit, crop: _, ...options } }: Sizing,
  { pad, ratio }: NonNullable<UploadcareState['face']>,
): Sizing {
  const faces = { ...options, fit: 'crop', crop: ['faces', 'attention'], facePad: pad, faceIndex: 1 } as const
  if (width && height && fit === 'crop') return { options: { ...faces, width, height } }
  const isOneSide = fit === undefined && (width === undefined) !== (height === undefined)
  if (ratio === undefined || !isOneSide)
    throw refuseOperation(
      name,
      `${name} after crop/face is not supported: write scale_crop, or a ratio and one side`,
    )
  return { options: { ...faces, ...(width && { width }), ...(height && { height }), aspect: ratio } }
}

function crop(state: UploadcareState, operation: Operation): UploadcareState {
  if (/^faces?$/.test(operation.args[0] ?? '')) {
    if (state.sizing ?? state.region)
      throw refuseOperation('crop', 'crop/face after a size or a crop is not supported')
    return { ...state, face: faceOf(operation) }
  }
  const region = regionOf(operation)
  if (!state.sizing) {
    if (state.region) throw refuseOperation('crop', 'crop after another crop is not supported')
    if (state.colours.trim) throw refuseOperation('crop', 'crop after trim is not supported')
    return { ...state, region }
  }
  if (state.cut ?? state.sizing.cut) throw refuseOperation('crop', 'crop after another crop is not supported')
  if (!isUpright(state.third))
    throw refuseOperation(
      'crop',
      'crop after a turn that follows a sizing operation is not supported: turn first',
    )
  return { ...state, cut: region }
}

function withEffect(state: UploadcareState, { name }: Operation, effect: Options): UploadcareState {
  if (Object.keys(state.effects).includes(Object.keys(effect)[0] ?? ''))
    throw refuseOperation(name, `${name} after ${name} is not supported`)
  return { ...state, effects: { ...state.effects, ...effect } }
}

/** Each once: the second would have to be done to what the first one made. */
function withColours(state: UploadcareState, { name }: Operation, colours: Options): UploadcareState {
  if (Object.keys(colours).some((key) => key in state.colours))
    throw refuseOperation(name, `${name} after another operation of the same kind is not supported`)
  return { ...state, colours: { ...state.colours, ...colours } }
}

/** It is cut off before everything else but a crop. */
function trim(state: UploadcareState, operation: Operation): UploadcareState {
  if (state.sizing ?? state.region)
    throw refuseOperation('trim', 'trim after a size or a crop is not supported')
  return { ...state, colours: { ...state.colours, ...trimOf(operation) } }
}

/** Radii are those of the picture so far. */
function round(state: UploadcareState, operation: Operation): UploadcareState {
  return withEffect(state, operation, cornersOf(operation))
}

function strength(operation: Operation, preset: number, most: number): number {
  const [text = String(preset)] = operation.args
  const value = integer(text, [0, most])
  if (value === undefined) throw refuse(operation, `a strength from 0 to ${most}`)
  return value
}

/** No turn for an operation that takes no arguments, and has none. */
function bare(operation: Operation): 0 {
  if (operation.args.length > 0) throw refuse(operation, 'no arguments')
  return 0
}

const keepUnchanged = (state: UploadcareState, _read: unknown): UploadcareState => state
