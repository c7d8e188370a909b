// Gives the picture its size. Crop and canvas are laid out with it: they are what the size leaves over or lacks.
import { decimal, fallingThrough, integer, length, oneOf, same } from '../options/kinds.ts'
import { ratio } from '../options/kinds-place.ts'
import { maxSide } from '../options/option-types.ts'
import type { Kernel } from './geometry/geometry.ts'
import { type Framing, layOut } from './geometry/layout.ts'
import { orientSize, turned } from './geometry/orientation.ts'
import { nested, type Size } from './geometry/sizes.ts'
import { type Padding, paddingSize } from './padding.ts'
import { sizing } from './sizing.ts'
import { stepOf } from './step.ts'

export const resize = stepOf<Size>()({
  name: 'resize',
  rows: {
    width: {
      key: 'w',
      aliases: ['width'],
      kind: length(maxSide),
      section: 'Size',
      about: 'Width of the result: pixels, or a share of the width of the source (of `rect`, where given).',
      example: { value: '160', frame: 'fm=webp' },
    },
    height: {
      key: 'h',
      aliases: ['height'],
      kind: length(maxSide),
      section: 'Size',
      about: 'Height of the result: pixels, or a share of the height of the source (of `rect`, where given).',
      example: { value: '160', frame: 'fm=webp' },
    },
    aspect: {
      key: 'ar',
      kind: ratio,
      section: 'Size',
      needs: '`fit=crop`',
      about:
        'Ratio of the result; derives the side that is not given. With neither side, cuts the source to it.',
      example: { value: '1:1', beside: 'fit=crop' },
    },
    dpr: {
      key: 'dpr',
      kind: decimal(0.0001, 5, 'a number above 0 and up to 5'),
      section: 'Size',
      default: 1,
      needs: '`w` or `h`',
      about: 'Multiplies `w` and `h`. A result that would pass 8192 pixels keeps its ratio and stops there.',
      example: { value: '2' },
    },
    fit: {
      key: 'fit',
      aliases: ['f'],
      kind: fallingThrough(
        'facearea',
        oneOf(same('clip', 'clamp', 'cover', 'crop', 'facearea', 'fill', 'fillmax', 'max', 'min', 'scale')),
      ),
      section: 'Size',
      default: 'clip',
      needs: '`w` or `h`',
      about: 'How the picture meets its frame; see the table of fit modes.',
      example: { value: 'crop', beside: 'h=320' },
    },
    enlarge: {
      key: 'enlarge',
      kind: oneOf(same('no', 'fill', 'only')),
      section: 'Size',
      needs: 'a fit mode that enlarges',
      about:
        'What becomes of a source that is too small: with `scale`, `crop` and `cover` `no` leaves it as it is, and with `scale` and `crop` `fill` paints the rest in `bg`. With `clip`, `cover` and `fill` `only` leaves a source as it is that is large enough.',
      example: { value: 'no', beside: 'h=300&fit=crop', frame: 'w=400&fm=webp', sample: 'dance.gif' },
    },
    adapt: {
      key: 'adapt',
      kind: oneOf(same('swap', 'clip')),
      section: 'Size',
      needs: '`w` and `h`',
      about:
        'For a source that stands upright where the frame lies, or lies where it stands: `swap` exchanges `w` and `h`, `clip` fits it inside, as `fit=clip` (or `max`, where nothing is enlarged).',
      example: { value: 'swap', beside: 'h=480' },
    },
    kernel: {
      key: 'kernel',
      kind: oneOf(same('nearest', 'linear', 'cubic', 'mitchell', 'lanczos2', 'lanczos3')),
      section: 'Size',
      default: 'lanczos3',
      needs: 'another size',
      about: 'How pixels are mixed where the size changes: `nearest` keeps pixel art crisp.',
      example: { value: 'nearest' },
    },
    minWidth: {
      key: 'min-w',
      aliases: ['min-width'],
      kind: integer(0, maxSide),
      section: 'Size',
      needs: '`fit=crop`',
      about: 'The least that the width may be, where `w` is not given: the height is cut for it.',
      example: { value: '300', beside: 'h=160&fit=crop', frame: 'fm=webp' },
    },
    maxWidth: {
      key: 'max-w',
      aliases: ['max-width'],
      kind: integer(1, maxSide),
      section: 'Size',
      needs: '`fit=crop`',
      about: 'The most that the width may be, where `w` is not given: what is beyond it is cut.',
      example: { value: '160', beside: 'h=200&fit=crop', frame: 'fm=webp' },
    },
    minHeight: {
      key: 'min-h',
      aliases: ['min-height'],
      kind: integer(0, maxSide),
      section: 'Size',
      needs: '`fit=crop`',
      about: 'The least that the height may be, where `h` is not given: the width is cut for it.',
      example: { value: '300', beside: 'fit=crop' },
    },
    maxHeight: {
      key: 'max-h',
      aliases: ['max-height'],
      kind: integer(1, maxSide),
      section: 'Size',
      needs: '`fit=crop`',
      about: 'The most that the height may be, where `h` is not given: what is beyond it is cut.',
      example: { value: '120', beside: 'fit=crop' },
    },
  },
  exact({ kernel, ...options }, { hinted }) {
    const sizes = sizing(options, hinted)
    const isSized = (sizes.width ?? sizes.height) !== undefined
    return { ...sizes, kernel: isSized && kernel !== 'lanczos3' ? kernel : undefined }
  },
  plan({ extract: region, faces, ...draft }, spec: Framing & Padding & { readonly kernel?: Kernel }, facts) {
    const { orient = turned(0), width, height } = draft
    const whole = facts.exact ? { width, height, exact: orientSize(facts.exact, orient) } : { width, height }
    const framing = { ...spec, padding: paddingSize(spec), faces: facts.faces }
    const { early, resize, crop, extend, size } = layOut(region ?? whole, framing)
    const extract = early && region ? nested(early, region) : (early ?? region)
    return {
      ...draft,
      ...(faces !== undefined && (crop || early || spec.facePad !== undefined) && { faces }),
      ...(extract && { extract }),
      resize,
      ...(spec.kernel && { kernel: spec.kernel }),
      ...(crop && { crop }),
      ...(extend && { extend }),
      ...size,
    }
  },
  isApart: () => false,
  rates: { reduce: 1, resize: 29 },
  work: (_, { loaded, resized }) => ({ reduce: loaded, resize: resized }),
})
