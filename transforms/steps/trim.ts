// Cuts the border of one colour, or of nothing, off the upright picture. Where its content lies only the pixels tell: a
// plan with this step says what it would be without a border, and is made anew once they are known.

import type { Facts } from '../facts.ts'
import type { Colour } from '../options/colour.ts'
import { colour, decimal, oneOf, same, signed } from '../options/kinds.ts'
import { nested } from './geometry/sizes.ts'
import { stepOf } from './step.ts'

export type Trim = {
  /** Pixels of the source that are kept round the content; negative ones are cut from it. */
  readonly pad: number
} & (
  | { readonly by: 'auto'; readonly mean: number; readonly deviation: number }
  /** Without a colour, that of the upper left corner. */
  | { readonly by: 'color'; readonly colour?: Colour; readonly tolerance: number }
  | { readonly by: 'alpha'; readonly most: number }
)

interface Asked {
  readonly trim?: 'auto' | 'color' | 'alpha' | 'colorunlessalpha'
  readonly trimColour?: Colour
  readonly trimTolerance?: number
  readonly trimAlpha?: number
  readonly trimMean?: number
  readonly trimDeviation?: number
  readonly trimPad?: number
}

const section = 'Crop'
const usual = { mean: 11, deviation: 10 } as const

export const trim = stepOf<Trim>()({
  name: 'trim',
  rows: {
    trim: {
      key: 'trim',
      kind: oneOf(same('auto', 'color', 'alpha', 'colorunlessalpha')),
      section,
      about:
        'Cuts the border off, after `rect` and before the size: `auto` rows and columns that hardly differ from the corner, `color` those of one colour, `alpha` those that are transparent, `colorunlessalpha` by transparency where the picture may have any, else by colour.',
      example: { value: 'alpha', sample: 'badge.png' },
    },
    trimColour: {
      key: 'trim-color',
      aliases: ['trimcolor'],
      kind: colour,
      section,
      needs: '`trim=color`',
      about: 'Colour of the border; that of the upper left corner where it is not given.',
      example: { value: 'd92f86', beside: 'trim=color', sample: 'badge.png' },
    },
    trimTolerance: {
      key: 'trim-tol',
      aliases: ['trimtol'],
      kind: decimal(0, 255),
      section,
      default: 0,
      needs: '`trim=color`',
      about: 'By how much each of red, green and blue may be off, of 255.',
      example: { value: '60', beside: 'trim=color', sample: 'graphics.png' },
    },
    trimAlpha: {
      key: 'trim-alpha',
      kind: decimal(0, 255),
      section,
      default: 0,
      needs: '`trim=alpha`',
      about: 'Up to which alpha, of 255, a pixel counts as nothing.',
      example: { value: '200', beside: 'trim=alpha', sample: 'badge.png' },
    },
    trimMean: {
      key: 'trim-md',
      aliases: ['trimmd'],
      kind: decimal(0, 255),
      section,
      default: usual.mean,
      needs: '`trim=auto`',
      about: 'By how much a row or column of the border may differ from the corner, in the mean, of 255.',
      example: { value: '80', beside: 'trim=auto&trim-sd=80' },
    },
    trimDeviation: {
      key: 'trim-sd',
      aliases: ['trimsd'],
      kind: decimal(0, 255),
      section,
      default: usual.deviation,
      needs: '`trim=auto`',
      about: 'The standard deviation that a row or column of the border may have, of 255.',
      example: { value: '80', beside: 'trim=auto&trim-md=80' },
    },
    trimPad: {
      key: 'trim-pad',
      aliases: ['trimpad'],
      kind: signed(-200, 200),
      section,
      default: 0,
      needs: '`trim`',
      about: 'Pixels of the source to keep round the content; negative ones are cut off it as well.',
      example: { value: '20', beside: 'trim=alpha', sample: 'badge.png' },
    },
  },
  exact({ trim, trimPad, ...how }: Asked) {
    if (!trim) return {}
    const pad = Math.round(trimPad ?? 0) || undefined
    if (trim === 'auto') {
      const { trimMean: mean, trimDeviation: deviation } = how
      return {
        trim,
        trimPad: pad,
        trimMean: mean === usual.mean ? undefined : mean,
        trimDeviation: deviation === usual.deviation ? undefined : deviation,
      }
    }
    const byColour = { trimColour: how.trimColour, trimTolerance: how.trimTolerance || undefined }
    const byAlpha = { trimAlpha: how.trimAlpha || undefined }
    return {
      trim,
      trimPad: pad,
      ...(trim !== 'alpha' && byColour),
      ...(trim !== 'color' && byAlpha),
    }
  },
  plan(draft, spec: Asked, facts) {
    if (!spec.trim) return draft
    const { content } = facts
    const region = draft.extract ?? { left: 0, top: 0, width: draft.width, height: draft.height }
    if (content === undefined) return { ...draft, trim: howOf(spec.trim, spec, facts) }
    return { ...draft, extract: nested(content, region), width: content.width, height: content.height }
  },
  isApart: () => false,
  rates: { trim: 4 },
  work: (_, { loaded }) => ({ trim: loaded }),
})

function howOf(trim: NonNullable<Asked['trim']>, asked: Asked, facts: Facts): Trim {
  const pad = asked.trimPad ?? 0
  const by = trim === 'colorunlessalpha' ? (facts.alpha ? 'alpha' : 'color') : trim
  if (by === 'auto') {
    const { trimMean: mean = usual.mean, trimDeviation: deviation = usual.deviation } = asked
    return { by, pad, mean, deviation }
  }
  if (by === 'alpha') return { by, pad, most: asked.trimAlpha ?? 0 }
  const { trimColour: colour, trimTolerance: tolerance = 0 } = asked
  return { by, pad, tolerance, ...(colour && { colour }) }
}
