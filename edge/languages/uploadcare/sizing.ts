// The operations that size: each becomes one fit mode of the native language.
import type { Options } from '../../../transforms/index.ts'
import { bothSides, corner, type Pair, pixelPair, place, refuse } from './arguments.ts'
import type { Operation } from './path.ts'
import { cropWords, type Sizing, type UploadcareState } from './state.ts'

export type ReadSizing = (operation: Operation, state: UploadcareState) => Sizing

export const sizings: Readonly<Record<string, ReadSizing>> = {
  preview(operation) {
    if (operation.args.length > 1) throw refuse(operation, 'dimensions such as 300x200, or nothing')
    const [text = '2048x2048'] = operation.args
    return { options: { ...sides(bothSides(operation, text)), fit: 'max' } }
  },

  resize(operation, { stretch }) {
    const [text, ...rest] = operation.args
    const pair = pixelPair(operation, text)
    if (rest.length > 0) throw refuse(operation, 'dimensions such as 300x200, 300x or x200')
    const isWhole = pair.width !== undefined && pair.height !== undefined
    if (isWhole) return { options: { ...sides(pair), fit: 'scale', ...enlarging(stretch) } }
    if (stretch === 'fill') throw refuse(operation, 'both sides after stretch/fill')
    return { options: { ...sides(pair), ...(stretch === 'off' && { fit: 'max' }) } }
  },

  smart_resize(operation) {
    if (operation.args.length !== 1) throw refuse(operation, 'two sides such as 300x200')
    return attentive(bothSides(operation, operation.args[0]), ['attention'])
  },

  scale_crop(operation, { stretch }) {
    const [text, second = '0,0', align, ...rest] = operation.args
    const pair = bothSides(operation, text)
    const type = types[second.toLowerCase()]
    const at = place(type === undefined ? second : (align ?? 'center'))
    if (at === undefined || rest.length > 0 || (type === undefined && align !== undefined))
      throw refuse(
        operation,
        `dimensions, then one of ${Object.keys(types).join(', ')} or a place such as center`,
      )
    const enlarge = enlarging(stretch)
    if (type) return withOptions(attentive(pair, type, cropWords(at ?? corner)), enlarge)
    const crop = cropWords(at ?? corner)
    if (crop) return { options: { ...sides(pair), fit: 'crop', crop, ...enlarge } }
    if (stretch !== 'on') throw refuse(operation, 'a corner, an edge or the center after stretch')
    const [width, height] = [{ px: pair.width }, { px: pair.height }]
    return { options: { ...sides(pair), fit: 'cover' }, cut: { ...at, width, height } }
  },
}

type Detector = 'faces' | 'attention' | 'entropy'

/** Objects are what draws attention; points are where detail is. The first that finds something counts. */
const types: Readonly<Record<string, readonly Detector[]>> = {
  smart: ['faces', 'attention'],
  smart_faces: ['faces'],
  smart_objects: ['attention'],
  smart_points: ['entropy'],
  smart_faces_objects: ['faces', 'attention'],
  smart_faces_points: ['faces', 'entropy'],
  smart_objects_faces: ['attention'],
  smart_objects_points: ['attention'],
  smart_faces_objects_points: ['faces', 'attention'],
  smart_objects_faces_points: ['attention'],
}

/** `otherwise` is the place where no face is found; the other detectors find something in every picture. */
function attentive(pair: Pair, by: readonly Detector[], otherwise: Options['crop'] = []): Sizing {
  const fallback = by.length > 1 || by[0] !== 'faces' ? [] : otherwise
  return { options: { ...sides(pair), fit: 'crop', crop: [...by, ...fallback] } }
}

const withOptions = ({ options }: Sizing, more: Options): Sizing => ({ options: { ...options, ...more } })

const enlarging = (stretch: UploadcareState['stretch']): Options =>
  stretch === 'on' ? {} : { enlarge: stretch === 'off' ? 'no' : 'fill' }

const sides = ({ width, height }: Pair): Options => ({
  ...(width !== undefined && { width: { px: width } }),
  ...(height !== undefined && { height: { px: height } }),
})
