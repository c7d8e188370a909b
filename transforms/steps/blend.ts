// Mixes the finished picture with a colour or with another picture.
import type { Colour } from '../options/colour.ts'
import { colour, decimal, integer, length, oneOf, same } from '../options/kinds.ts'
import { type Alignment, alignment, blendKind, type PictureName } from '../options/kinds-picture.ts'
import { type Length, maxSide } from '../options/option-types.ts'
import { type Overlay, overlaySize, overlayWork, scaledLength, scaledPx } from './overlay.ts'
import { effectOf, type Loose } from './step.ts'

/** Names of Compositing and Blending 1 without hyphens, as the language has them. */
const modes = same(
  ...([
    'normal',
    'multiply',
    'screen',
    'overlay',
    'darken',
    'lighten',
    'dodge',
    'burn',
    'hardlight',
  ] as const),
  ...(['softlight', 'difference', 'exclusion', 'hue', 'saturation', 'color', 'luminosity'] as const),
)
export type BlendMode = keyof typeof modes

export type Blend = { readonly mode: BlendMode; readonly alpha: number } & (
  | { readonly colour: Colour }
  /** With a colour, the picture is but a stencil for it. */
  | { readonly overlay: Overlay; readonly stencil?: Colour }
)

interface Asked {
  readonly blend?: Colour | PictureName
  readonly blendMode?: BlendMode
  readonly blendAlpha?: number
  readonly blendColour?: Colour
  readonly blendWidth?: Length
  readonly blendHeight?: Length
  readonly blendFit?: 'clip' | 'crop' | 'max' | 'scale'
  readonly blendSize?: 'inherit'
  readonly blendAlign?: Alignment
  readonly blendPad?: number
  readonly blendX?: number
  readonly blendY?: number
}

const section = 'Watermark and blend'
const needs = '`blend`'
const upperLeft: Alignment = { x: 0, y: 0 }

export const blend = effectOf<Blend>()({
  name: 'blend',
  rows: {
    blend: {
      key: 'blend',
      aliases: ['b'],
      kind: blendKind,
      section,
      about: 'A colour to mix the whole picture with, or a picture, named as `mark` is.',
      example: { value: '/graphics.png', beside: 'blend-size=inherit' },
    },
    blendMode: {
      key: 'blend-mode',
      aliases: ['bm', 'blendmode'],
      kind: oneOf(modes),
      section,
      default: 'overlay',
      needs,
      about: 'How the two are mixed, as in CSS.',
      example: { value: 'multiply', beside: 'blend=/graphics.png&blend-size=inherit' },
    },
    blendAlpha: {
      key: 'blend-alpha',
      aliases: ['balph', 'blendalpha'],
      kind: decimal(0, 100),
      section,
      default: 100,
      needs,
      about: 'How opaque it is, in percent.',
      example: { value: '40', beside: 'blend=/graphics.png&blend-mode=normal&blend-w=160' },
    },
    blendColour: {
      key: 'blend-color',
      aliases: ['blendcolor', 'blend-clr', 'blendclr'],
      kind: colour,
      section,
      about: 'A colour to mix the picture with, as `blend` says it; beside a picture, in its shape.',
      example: { value: '80d92f86' },
    },
    blendWidth: {
      key: 'blend-w',
      aliases: ['bw', 'blendw'],
      kind: length(maxSide),
      section,
      needs,
      about: 'Width of the picture that is laid on: pixels, or a share of the width below.',
      example: { value: '0.5', beside: 'blend=/graphics.png&blend-mode=normal' },
    },
    blendHeight: {
      key: 'blend-h',
      aliases: ['bh', 'blendh'],
      kind: length(maxSide),
      section,
      needs,
      about: 'Height of the picture that is laid on: pixels, or a share of the height below.',
      example: { value: '0.5', beside: 'blend=/graphics.png&blend-mode=normal' },
    },
    blendFit: {
      key: 'blend-fit',
      aliases: ['bf', 'blendfit'],
      kind: oneOf(same('clip', 'crop', 'max', 'scale'), ['clamp']),
      section,
      default: 'clip',
      needs: '`blend-w` and `blend-h`',
      about: 'How it meets them, as `fit` says of the picture.',
      example: { value: 'crop', beside: 'blend=/graphics.png&blend-mode=normal&blend-w=160&blend-h=160' },
    },
    blendSize: {
      key: 'blend-size',
      aliases: ['bs', 'blendsize'],
      kind: oneOf(same('inherit')),
      section,
      needs,
      about: '`inherit` makes it as large as the picture below.',
      example: { value: 'inherit', beside: 'blend=/badge.png&blend-mode=normal' },
    },
    blendAlign: {
      key: 'blend-align',
      aliases: ['ba', 'blendalign'],
      kind: alignment(upperLeft),
      section,
      default: upperLeft,
      needs,
      about: 'Where it lies.',
      example: { value: 'bottom,right', beside: 'blend=/graphics.png&blend-mode=normal&blend-w=160' },
    },
    blendPad: {
      key: 'blend-pad',
      aliases: ['bp', 'blendpad'],
      kind: integer(0, maxSide),
      section,
      default: 0,
      needs,
      about: 'Its distance from the edges in pixels.',
      example: { value: '20', beside: 'blend=/graphics.png&blend-mode=normal&blend-w=160' },
    },
    blendX: {
      key: 'blend-x',
      aliases: ['bx', 'blendx'],
      kind: integer(0, maxSide),
      section,
      needs,
      about: 'Its distance from the left edge in pixels, instead of alignment and padding.',
      example: { value: '80', beside: 'blend=/graphics.png&blend-mode=normal&blend-w=160' },
    },
    blendY: {
      key: 'blend-y',
      aliases: ['by', 'blendy'],
      kind: integer(0, maxSide),
      section,
      needs,
      about: 'Its distance from the upper edge in pixels, instead of alignment and padding.',
      example: { value: '60', beside: 'blend=/graphics.png&blend-mode=normal&blend-w=160' },
    },
  },
  exact(options: Asked, { density }) {
    const blend = options.blend ?? options.blendColour
    if (!blend || options.blendAlpha === 0) return {}
    const mixing = {
      blend,
      blendMode: options.blendMode === 'overlay' ? undefined : options.blendMode,
      blendAlpha: options.blendAlpha === 100 ? undefined : options.blendAlpha,
    }
    if (!('path' in blend)) return blend.alpha > 0 ? mixing : {}
    return { ...mixing, ...placing(options, density) }
  },
  value(spec: Asked, base, find) {
    const { blend, blendMode: mode = 'overlay', blendColour } = spec
    if (!blend) return undefined
    const alpha = (spec.blendAlpha ?? 100) / 100
    if (!('path' in blend)) return { mode, alpha, colour: blend }
    const { index, facts } = find(blend)
    const size = spec.blendSize
      ? { size: { width: base.width, height: base.height } }
      : overlaySize(facts, base, {
          width: spec.blendWidth,
          height: spec.blendHeight,
          fit: spec.blendFit,
        })
    const { blendX: left, blendY: top } = spec
    const at = {
      ...(spec.blendAlign ?? upperLeft),
      pad: spec.blendPad ?? 0,
      ...(left !== undefined && { left }),
      ...(top !== undefined && { top }),
    }
    const overlay = { picture: index, ...size, at, alpha: 1 }
    return { mode, alpha, overlay, ...(blendColour && { stencil: blendColour }) }
  },
  sources: ({ blend }) => (blend && 'path' in blend ? [blend] : []),
  colours: () => true,
  edges: (value) => 'overlay' in value,
  rates: { blend: 25, 'blend by light': 90, 'blend made': 12 },
  work: (value, { made }) => ({
    blend: made,
    'blend by light': byLight.has(value.mode) ? made : 0,
    'blend made': 'overlay' in value ? overlayWork(value.overlay) : 0,
  }),
})

/** They look at all three colours of a pixel at once. */
const byLight: ReadonlySet<BlendMode> = new Set(['hue', 'saturation', 'color', 'luminosity'])

function placing(asked: Asked, density: number): Loose<Asked> {
  const { blendFit, blendAlign } = asked
  const isInherited = asked.blendSize === 'inherit'
  const width = isInherited ? undefined : scaledLength(asked.blendWidth, density)
  const height = isInherited ? undefined : scaledLength(asked.blendHeight, density)
  return {
    blendColour: asked.blendColour,
    blendSize: asked.blendSize,
    blendWidth: width,
    blendHeight: height,
    blendFit: (width ?? height) && blendFit !== 'clip' ? blendFit : undefined,
    blendAlign: blendAlign && (blendAlign.x > 0 || blendAlign.y > 0) ? blendAlign : undefined,
    blendPad: scaledPx(asked.blendPad, density) || undefined,
    blendX: scaledPx(asked.blendX, density),
    blendY: scaledPx(asked.blendY, density),
  }
}
