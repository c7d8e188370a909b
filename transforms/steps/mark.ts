// Lays a watermark upon the finished picture.

import { decimal, integer, length, oneOf, same, text } from '../options/kinds.ts'
import { type Alignment, alignment, type PictureName, pictureName } from '../options/kinds-picture.ts'
import { type Length, maxSide } from '../options/option-types.ts'
import { type Overlay, overlaySize, overlayWork, scaledLength, scaledPx } from './overlay.ts'
import { effectOf, type Loose } from './step.ts'

export interface Mark extends Overlay {
  /** Clockwise, 0 < degrees < 360. */
  readonly degrees?: number
  /** Repeated over the whole picture. */
  readonly tile?: true
}

interface Asked {
  readonly mark?: PictureName
  readonly markWidth?: Length
  readonly markHeight?: Length
  readonly markFit?: 'clip' | 'crop' | 'fill' | 'max' | 'scale'
  readonly markScale?: number
  readonly markAlign?: Alignment
  readonly markPad?: number
  readonly markX?: number
  readonly markY?: number
  readonly markAlpha?: number
  readonly markRotation?: number
  readonly markTile?: 'grid'
  readonly markMinWidth?: number
  readonly markMinHeight?: number
}

const section = 'Watermark and blend'
const needs = '`mark`'
const lowerRight: Alignment = { x: 1, y: 1 }
const usualPad = 5

export const mark = effectOf<Mark>()({
  name: 'mark',
  rows: {
    mark: {
      key: 'mark',
      aliases: ['m'],
      kind: pictureName,
      section,
      about:
        'A picture to lay upon the result: a path of the same source (`/logo.png`), another source and its path (`logos:dot.png`), or a web address, for which there must be a source that fetches the web. A source whose addresses are signed shows its pictures in its own only.',
      example: { value: '/badge.png', beside: 'mark-w=80' },
    },
    markBase: {
      key: 'mark-base',
      aliases: ['mb', 'markbase'],
      kind: text(2000, 'the beginning of an address'),
      section,
      needs,
      about: 'Stands in front of a `mark` that is a path.',
      example: {
        value: '/',
        beside: 'mark=/badge.png&mark-w=80',
        same: 'The mark of the example is in the source itself.',
      },
    },
    markWidth: {
      key: 'mark-w',
      aliases: ['mw', 'markw'],
      kind: length(maxSide),
      section,
      needs,
      about: 'Width of the mark: pixels, or a share of the width of the picture.',
      example: { value: '160', beside: 'mark=/badge.png' },
    },
    markHeight: {
      key: 'mark-h',
      aliases: ['mh', 'markh'],
      kind: length(maxSide),
      section,
      needs,
      about: 'Height of the mark: pixels, or a share of the height of the picture.',
      example: { value: '60', beside: 'mark=/badge.png' },
    },
    markFit: {
      key: 'mark-fit',
      aliases: ['mf', 'markfit'],
      kind: oneOf(same('clip', 'crop', 'fill', 'max', 'scale')),
      section,
      default: 'clip',
      needs: '`mark-w` and `mark-h`',
      about: 'How the mark meets them, as `fit` says of the picture.',
      example: { value: 'scale', beside: 'mark=/badge.png&mark-w=80&mark-h=160' },
    },
    markScale: {
      key: 'mark-scale',
      aliases: ['ms', 'markscale'],
      kind: decimal(0, 100),
      section,
      needs,
      about: 'Width of the mark in percent of the width of the picture.',
      example: { value: '50', beside: 'mark=/badge.png' },
    },
    markAlign: {
      key: 'mark-align',
      aliases: ['ma', 'markalign'],
      kind: alignment(lowerRight),
      section,
      default: lowerRight,
      needs,
      about: 'Where the mark lies (`top,left`).',
      example: { value: 'top,left', beside: 'mark=/badge.png&mark-w=80' },
    },
    markPad: {
      key: 'mark-pad',
      aliases: ['mp', 'markpad'],
      kind: integer(0, maxSide),
      section,
      default: usualPad,
      needs,
      about: 'Its distance from the edges in pixels; between tiles, too.',
      example: { value: '40', beside: 'mark=/badge.png&mark-w=80' },
    },
    markX: {
      key: 'mark-x',
      aliases: ['mx', 'markx'],
      kind: integer(0, maxSide),
      section,
      needs,
      about: 'Its distance from the left edge in pixels, instead of alignment and padding.',
      example: { value: '120', beside: 'mark=/badge.png&mark-w=80' },
    },
    markY: {
      key: 'mark-y',
      aliases: ['my', 'marky'],
      kind: integer(0, maxSide),
      section,
      needs,
      about: 'Its distance from the upper edge in pixels, instead of alignment and padding.',
      example: { value: '40', beside: 'mark=/badge.png&mark-w=80' },
    },
    markAlpha: {
      key: 'mark-alpha',
      aliases: ['malph', 'markalpha'],
      kind: decimal(0, 100),
      section,
      default: 100,
      needs,
      about: 'How opaque it is, in percent.',
      example: { value: '40', beside: 'mark=/badge.png&mark-w=80' },
    },
    markRotation: {
      key: 'mark-rot',
      kind: decimal(0, 360),
      section,
      default: 0,
      needs,
      about: 'Turns it counter-clockwise, in degrees.',
      example: { value: '45', beside: 'mark=/badge.png&mark-w=80' },
    },
    markTile: {
      key: 'mark-tile',
      aliases: ['mtile', 'marktile'],
      kind: oneOf(same('grid')),
      section,
      needs,
      about: '`grid` repeats it over the whole picture.',
      example: { value: 'grid', beside: 'mark=/badge.png&mark-w=80' },
    },
    markMinWidth: {
      key: 'mark-if-min-width',
      kind: integer(0, maxSide),
      section,
      default: 0,
      needs,
      about: 'Only on results that are so many pixels wide at least.',
      example: { value: '1000', beside: 'mark=/badge.png&mark-w=80' },
    },
    markMinHeight: {
      key: 'mark-if-min-height',
      kind: integer(0, maxSide),
      section,
      default: 0,
      needs,
      about: 'Only on results that are so many pixels high at least.',
      example: { value: '1000', beside: 'mark=/badge.png&mark-w=80' },
    },
  },
  exact: (options: Asked, { density }) =>
    options.mark && options.markAlpha !== 0 && options.markScale !== 0 ? exactMark(options, density) : {},
  value(spec: Asked, base, find) {
    const { mark, markMinWidth = 0, markMinHeight = 0 } = spec
    if (!mark || base.width < markMinWidth || base.height < markMinHeight) return undefined
    const { index, facts } = find(mark)
    const rotation = spec.markRotation ?? 0
    const { markWidth: width, markHeight: height, markFit: fit, markScale: scale } = spec
    const { markX: left, markY: top } = spec
    return {
      picture: index,
      ...overlaySize(facts, base, { width, height, fit, scale }),
      at: {
        ...(spec.markAlign ?? lowerRight),
        pad: spec.markPad ?? usualPad,
        ...(left !== undefined && { left }),
        ...(top !== undefined && { top }),
      },
      alpha: (spec.markAlpha ?? 100) / 100,
      ...(rotation > 0 && { degrees: 360 - rotation }),
      ...(spec.markTile && { tile: true as const }),
    }
  },
  sources: ({ mark }) => (mark ? [mark] : []),
  colours: () => true,
  edges: () => true,
  rates: { mark: 18, 'mark made': 12, 'mark tile': 50 },
  work: (value, { made }) => ({
    mark: made,
    'mark made': overlayWork(value),
    'mark tile': value.tile ? made : 0,
  }),
})

function exactMark(asked: Asked, density: number): Loose<Asked> {
  const { mark, markFit, markAlign, markPad = usualPad, markRotation = 0 } = asked
  const width = scaledLength(asked.markWidth, density)
  const height = scaledLength(asked.markHeight, density)
  const pad = scaledPx(markPad, density)
  const isUsual = markAlign?.x === lowerRight.x && markAlign.y === lowerRight.y
  return {
    mark,
    markWidth: width,
    markHeight: height,
    markFit: (width ?? height) && markFit !== 'clip' ? markFit : undefined,
    markScale: width ? undefined : asked.markScale,
    markAlign: isUsual ? undefined : markAlign,
    markPad: pad === usualPad ? undefined : pad,
    markX: scaledPx(asked.markX, density),
    markY: scaledPx(asked.markY, density),
    markAlpha: asked.markAlpha === 100 ? undefined : asked.markAlpha,
    markRotation: markRotation % 360 || undefined,
    markTile: asked.markTile,
    markMinWidth: asked.markMinWidth || undefined,
    markMinHeight: asked.markMinHeight || undefined,
  }
}
