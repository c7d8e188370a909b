// Leaves of the finished picture what lies inside a shape, or what another picture shows.
import type { Colour } from '../options/colour.ts'
import { colour } from '../options/kinds.ts'
import { type Badge, maskKind } from '../options/kinds-picture.ts'
import { type Corners, corners } from '../options/kinds-shape.ts'
import { scaledCorners } from './border.ts'
import type { Size } from './geometry/sizes.ts'
import { effectOf } from './step.ts'

export type Mask = { readonly behind?: Colour } & (
  | { readonly shape: 'ellipse' | Badge }
  | { readonly shape: 'corners'; readonly radii: Corners }
  /** What is light and opaque of it is seen. */
  | { readonly shape: 'picture'; readonly picture: number; readonly size: Size }
)

export const mask = effectOf<Mask>()({
  name: 'mask',
  rows: {
    mask: {
      key: 'mask',
      kind: maskKind,
      section: 'Shape, border and padding',
      about:
        'Leaves what is inside: `ellipse`, `corners` that are rounded, a shape of its own ratio, as large as there is room for (`circle`, `square`, `star` and their like), or where a picture, named as `mark` is and stretched over the whole, is light and opaque. What is outside is transparent, or white where the format cannot.',
      example: { value: 'ellipse' },
    },
    cornerRadius: {
      key: 'corner-radius',
      kind: corners,
      section: 'Shape, border and padding',
      needs: '`mask=corners`',
      about:
        'Radius of the corners in pixels, or four radii, clockwise from the upper left; a fifth of the shorter side where it is not given.',
      example: { value: '100', beside: 'mask=corners' },
    },
    maskBackground: {
      key: 'mask-bg',
      aliases: ['maskbg'],
      kind: colour,
      section: 'Shape, border and padding',
      needs: '`mask`',
      about: 'What is behind the picture outside of its mask.',
      example: { value: 'd92f86', beside: 'mask=ellipse' },
    },
  },
  exact({ mask, cornerRadius, maskBackground }, { density }) {
    if (!mask) return {}
    const behind = { maskBackground: maskBackground?.alpha === 0 ? undefined : maskBackground }
    if (mask !== 'corners') return { mask, ...behind }
    if (cornerRadius?.every((radius) => radius === 0)) return {}
    return { mask, cornerRadius: scaledCorners(cornerRadius, density), ...behind }
  },
  value({ mask, cornerRadius, maskBackground }, { width, height }, find) {
    if (!mask) return undefined
    const behind = maskBackground && { behind: maskBackground }
    if (typeof mask !== 'string')
      return { shape: 'picture', picture: find(mask).index, size: { width, height }, ...behind }
    if (mask !== 'corners') return { shape: mask, ...behind }
    const usual = Math.round(Math.min(width, height) / 5)
    return { shape: 'corners', radii: cornerRadius ?? [usual, usual, usual, usual], ...behind }
  },
  sources: ({ mask }) => (mask && typeof mask !== 'string' ? [mask] : []),
  opens: ({ behind }) => (behind?.alpha ?? 0) < 1,
  colours: ({ behind }) => behind !== undefined && (behind.r !== behind.g || behind.g !== behind.b),
  rates: { mask: 48 },
  work: (_, { made }) => ({ mask: made }),
})
