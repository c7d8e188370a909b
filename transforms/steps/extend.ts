// Adds canvas round a picture that does not fill its frame, and says how it is painted.
import type { Colour } from '../options/colour.ts'
import { colour, oneOf, same } from '../options/kinds.ts'
import { direction, radii, share, twoColours } from '../options/kinds-colour.ts'
import { type Alignment, alignment } from '../options/kinds-picture.ts'
import { exactFill, type Fill, paintOf } from './fill.ts'
import type { Extend } from './geometry/geometry.ts'
import { stepOf } from './step.ts'

const section = 'Fill and background'
const needs = '`fit=fill`, `fill=gradient`'

export const extend = stepOf<Extend>()({
  name: 'extend',
  rows: {
    fill: {
      key: 'fill',
      kind: oneOf(same('solid', 'blur', 'gradient'), ['gen', 'generative']),
      section,
      default: 'solid',
      needs: '`fit=fill` or `fillmax`',
      about:
        'How the canvas is painted: in a colour, by a blurred copy of the picture, or from one colour to another.',
      example: { value: 'blur', beside: 'h=320&fit=fill' },
    },
    fillColour: {
      key: 'fill-color',
      aliases: ['fillcolor'],
      kind: colour,
      section,
      needs: '`fit=fill` or `fillmax`',
      about: 'Colour of the canvas; `bg` where it is not given.',
      example: { value: 'd92f86', beside: 'h=320&fit=fill' },
    },
    fillAlign: {
      key: 'fill-align',
      kind: alignment({ x: 0.5, y: 0.5 }),
      section,
      default: { x: 0.5, y: 0.5 },
      needs: '`fit=fill` or `fillmax`, or `enlarge=fill`',
      about: 'Where the picture stands on the canvas (`bottom,left`).',
      example: { value: 'top', beside: 'h=320&fit=fill&fill-color=d92f86' },
    },
    gradientType: {
      key: 'fill-gradient-type',
      kind: oneOf(same('linear', 'radial')),
      section,
      default: 'linear',
      needs,
      about: 'Along a line, or round a point.',
      example: { value: 'radial', beside: 'h=320&fit=fill&fill=gradient' },
    },
    gradientSpace: {
      key: 'fill-gradient-cs',
      kind: oneOf(same('srgb', 'linear', 'oklab'), ['hsl', 'lch']),
      section,
      default: 'srgb',
      needs,
      about: 'In which colour space the two are mixed.',
      example: { value: 'oklab', beside: 'h=320&fit=fill&fill=gradient&fill-gradient-linear=e8563a,6a4df5' },
    },
    gradientLinear: {
      key: 'fill-gradient-linear',
      kind: twoColours,
      section,
      needs,
      about: 'The two colours of a linear gradient; white and black where they are not given.',
      example: { value: 'e8563a,6a4df5', beside: 'h=320&fit=fill&fill=gradient' },
    },
    gradientDirection: {
      key: 'fill-gradient-linear-direction',
      kind: direction,
      section,
      default: 0,
      needs,
      about: 'The edges that it runs from and to, such as `left,right`.',
      example: {
        value: 'left,right',
        beside: 'h=320&fit=fill&fill=gradient&fill-gradient-linear=e8563a,6a4df5',
      },
    },
    gradientRadial: {
      key: 'fill-gradient-radial',
      kind: twoColours,
      section,
      needs,
      about: 'The inner and the outer colour of a radial gradient; white and black where they are not given.',
      example: { value: 'e8563a,6a4df5', beside: 'h=320&fit=fill&fill=gradient&fill-gradient-type=radial' },
    },
    gradientRadii: {
      key: 'fill-gradient-radial-radius',
      kind: radii,
      section,
      default: [0.25, 0.5],
      needs,
      about: 'Where the inner colour ends and the outer one begins, as shares of the shorter side.',
      example: { value: '0.1,0.9', beside: 'h=320&fit=fill&fill=gradient&fill-gradient-type=radial' },
    },
    gradientX: {
      key: 'fill-gradient-radial-x',
      kind: share,
      section,
      default: 0.5,
      needs,
      about: 'The centre of a radial gradient, from the left edge (0) to the right edge (1).',
      example: { value: '0.1', beside: 'h=320&fit=fill&fill=gradient&fill-gradient-type=radial' },
    },
    gradientY: {
      key: 'fill-gradient-radial-y',
      kind: share,
      section,
      default: 0.5,
      needs,
      about: 'The centre of a radial gradient, from the top edge (0) to the bottom edge (1).',
      example: { value: '0.1', beside: 'h=320&fit=fill&fill=gradient&fill-gradient-type=radial' },
    },
  },
  exact(
    { fillAlign, ...options }: Fill & { readonly fillAlign?: Alignment; readonly enlarge?: string },
    { fit },
  ) {
    const isCanvas = fit === 'fill' || fit === 'fillmax'
    const isAside = fillAlign && (fillAlign.x !== 0.5 || fillAlign.y !== 0.5)
    const mayPaint = isCanvas || ((fit === 'scale' || fit === 'crop') && options.enlarge === 'fill')
    return {
      ...(isCanvas ? exactFill(options) : {}),
      fillAlign: isAside && mayPaint ? fillAlign : undefined,
    }
  },
  // Laid out with the size; painted here.
  plan(draft, spec: Fill & { readonly background?: Colour }) {
    if (draft.extend?.paint !== 'background') return draft
    return { ...draft, extend: { ...draft.extend, ...paintOf(spec) } }
  },
  isApart: ({ paint }) => paint === 'blur' || paint === 'gradient',
  opens: ({ paint, colour, gradient }) =>
    (paint === 'colour' && (colour?.alpha ?? 1) < 1) ||
    (gradient !== undefined && (gradient.from.alpha < 1 || gradient.to.alpha < 1)),
  colours: ({ paint, colour, gradient }) =>
    (paint === 'colour' && isColoured(colour)) ||
    (paint === 'gradient' && (isColoured(gradient?.from) || isColoured(gradient?.to))),
  edges: ({ paint }) => paint !== 'edge',
  rates: { 'extend blur': 74, 'extend gradient': 32 },
  work: ({ paint }, { made }) =>
    paint === 'blur' ? { 'extend blur': made } : paint === 'gradient' ? { 'extend gradient': made } : {},
})

const isColoured = (colour: Colour | undefined): boolean =>
  colour !== undefined && (colour.r !== colour.g || colour.g !== colour.b)
