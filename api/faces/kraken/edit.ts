// Kraken's resizing and conversion as an edit in the options of the URL language.
import { z } from 'zod'
import { type EditPairs, editText } from '../edit-text.ts'
import { whole, words } from '../schema.ts'
import { colour, unlessEmpty } from './values.ts'

/** The longest side that a result may have: that of the URL language. */
const side = whole(1, 8192)
const offset = whole(0, 100_000)

/** Reference section 4: letters of sides and of the compass, one or two of them. */
const positions: Readonly<Record<string, readonly string[]>> = {
  ...{ c: [], t: ['top'], n: ['top'], b: ['bottom'], s: ['bottom'] },
  ...{ l: ['left'], w: ['left'], r: ['right'], e: ['right'] },
  ...{ tl: ['top', 'left'], nw: ['top', 'left'], tr: ['top', 'right'], ne: ['top', 'right'] },
  ...{ bl: ['bottom', 'left'], sw: ['bottom', 'left'], br: ['bottom', 'right'], se: ['bottom', 'right'] },
}

const cropMode = unlessEmpty(
  z
    .string({ error: 'must be a string' })
    .transform((text) => text.trim().toLowerCase())
    .refine((text) => Object.hasOwn(positions, text), {
      error: 'must be one of c, t, b, l, r, tl, tr, bl, br, n, s, w, e, nw, ne, sw, se',
    })
    .transform((text) => positions[text] ?? []),
)

const box = { width: side, height: side }

const noScale = z
  .literal([1, 100, '1', '100'], { error: 'is not supported: a crop is never scaled' })
  .optional()

/** One resize as its strategy needs it. What a strategy does not read is ignored, as Kraken does. */
export const resizing = z.discriminatedUnion(
  'strategy',
  [
    z.object({ strategy: z.literal('exact'), ...box }),
    z.object({ strategy: z.literal('portrait'), height: side }),
    z.object({ strategy: z.literal('landscape'), width: side }),
    z.object({ strategy: z.literal('auto'), ...box }),
    z.object({ strategy: z.literal('fit'), ...box, crop_mode: cropMode }),
    z.object({
      strategy: z.literal('crop'),
      ...box,
      ...{ crop_mode: cropMode, x: offset.optional(), y: offset.optional(), scale: noScale },
    }),
    z.object({ strategy: z.literal('square'), size: side }),
    z.object({ strategy: z.literal('fill'), ...box, background: unlessEmpty(colour) }),
    z.object({ strategy: z.literal('none') }),
  ],
  { error: 'must be one of exact, portrait, landscape, auto, fit, crop, square, fill, none' },
)

export type Resizing = z.infer<typeof resizing>

export const converting = z.object({
  format: words()
    .transform((text) => text.trim().toLowerCase().replace(/^jpg$/, 'jpeg'))
    .pipe(
      z.enum(['jpeg', 'png', 'gif', 'webp', 'avif'], {
        error: 'must be one of jpeg, png, gif, webp, avif',
      }),
    ),
  background: unlessEmpty(colour),
})

export type Format = z.infer<typeof converting>['format']

export interface Conversion {
  readonly format: Format
  readonly background?: string | undefined
}

/** '' when the pixels stay as they are. */
export function editOf({ resize, convert, turn }: Edit): string {
  const pairs: EditPairs = {
    // Only where nothing can show through does a picture need something behind it; white is there anyway.
    ...(convert?.format === 'jpeg' && convert.background && { bg: convert.background }),
    ...(resize && sizes(resize)),
    // Every edit starts from the upright picture, so that one that turns it by nothing is all it takes.
    ...(turn && { rot: 0 }),
  }
  return editText(pairs)
}

export interface Edit {
  readonly resize?: Resizing | undefined
  readonly convert?: Conversion | undefined
  /** Bring the pixels upright: `auto_orient`. */
  readonly turn?: boolean | undefined
}

function sizes(resize: Resizing): EditPairs {
  switch (resize.strategy) {
    case 'exact':
      return { w: resize.width, h: resize.height, fit: 'scale' }
    case 'portrait':
      return { h: resize.height, fit: 'max' }
    case 'landscape':
      return { w: resize.width, fit: 'max' }
    case 'auto':
      return { w: resize.width, h: resize.height, fit: 'max' }
    case 'fit':
      return { w: resize.width, h: resize.height, fit: 'crop', ...place(resize.crop_mode) }
    case 'crop':
      return { rect: region(resize) }
    case 'square':
      return { w: resize.size, h: resize.size, fit: 'crop' }
    case 'fill':
      return { w: resize.width, h: resize.height, fit: 'fillmax', bg: resize.background ?? 'ffffff' }
    case 'none':
      return {}
  }
}

const place = (at: readonly string[] = []): EditPairs => (at.length > 0 ? { crop: at.join(',') } : {})

/** A piece larger than the picture is the picture. */
function region({ width, height, x, y, crop_mode: at = [] }: Resizing & { strategy: 'crop' }): string {
  const isPlaced = x !== undefined || y !== undefined
  const left = isPlaced ? (x ?? 0) : (at.find((word) => word === 'left' || word === 'right') ?? 'center')
  const top = isPlaced ? (y ?? 0) : (at.find((word) => word === 'top' || word === 'bottom') ?? 'middle')
  return [left, top, width, height].join(',')
}
