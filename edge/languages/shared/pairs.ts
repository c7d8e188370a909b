// Native options that several languages ask for: sizes, the part that is kept, turns and mirrors.
import { joined, type Orient, turned } from '../../../transforms/index.ts'
import { shown } from './values.ts'
import type { Pairs } from './words.ts'

/** Pixels of the box; absent follows the ratio. */
export interface Box {
  readonly width?: number | undefined
  readonly height?: number | undefined
}

export const sides = ({ width, height }: Box): Pairs => ({
  ...(width ? { w: shown(width) } : {}),
  ...(height ? { h: shown(height) } : {}),
})

/** How a picture meets its box, in words that all languages share. */
export type Meeting = 'inside' | 'cover' | 'outside' | 'distort' | 'pad' | 'ratio'

/** Native options for it. With one side there is nothing to cut or pad. */
export function sized(box: Box, meeting: Meeting, mayEnlarge: boolean): Pairs {
  if (!box.width && !box.height) return {}
  if (!box.width || !box.height) return { ...sides(box), ...(mayEnlarge ? {} : { fit: 'max' }) }
  return { ...sides(box), ...fits[meeting](mayEnlarge) }
}

const bounded = (fit: string, mayEnlarge: boolean): Pairs => (mayEnlarge ? { fit } : { fit, enlarge: 'no' })

const fits: Readonly<Record<Meeting, (mayEnlarge: boolean) => Pairs>> = {
  inside: (mayEnlarge): Pairs => (mayEnlarge ? {} : { fit: 'max' }),
  cover: (mayEnlarge) => bounded('crop', mayEnlarge),
  outside: (mayEnlarge) => bounded('cover', mayEnlarge),
  distort: (mayEnlarge) => bounded('scale', mayEnlarge),
  pad: (mayEnlarge) => ({ fit: mayEnlarge ? 'fill' : 'fillmax' }),
  // Always the ratio of the box; as large as the source allows.
  ratio: (mayEnlarge) => ({ fit: mayEnlarge ? 'crop' : 'min' }),
}

/** The nine places, by their words of the native language; nothing is the middle. */
export function cropWords(x: 'left' | 'right' | '', y: 'top' | 'bottom' | ''): string {
  return [y, x].filter(Boolean).join(',')
}

export const place = (words: string): Pairs => (words === '' ? {} : { crop: words })

/** Where the picture stands on its canvas, by the same words; what is looked for has no place there. */
export function standing(words: string): Pairs {
  const named = words.split(',').filter((word) => /^(?:top|bottom|left|right)$/.test(word))
  return named.length === 0 ? {} : { 'fill-align': named.join(',') }
}

/** The point that stays nearest to the middle of the result. */
export const focal = (x: number, y: number): Pairs => ({
  crop: 'focalpoint',
  'fp-x': shown(x),
  'fp-y': shown(y),
})

/** The native `turn` or `or` for quarter turns clockwise, then a left-right mirror, before the picture is sized. */
export function turning(orient: Orient, isRaw = false): Pairs {
  if (isRaw || orient.mirror) {
    const degrees = orient.turns === 0 ? '' : String(orient.turns * 90)
    const turn = `${isRaw ? 'raw' : ''}${degrees}${orient.mirror ? 'h' : ''}`
    return turn === 'raw' ? { or: '1' } : { turn }
  }
  return orient.turns === 0 ? {} : { or: String(orient.turns * 90) }
}

/** Quarter turns clockwise. */
export const quarters = (degrees: number): Orient => turned(degrees / 90)

export const mirrored: Orient = { ...turned(0), mirror: true }
/** Top to bottom. */
export const upended: Orient = { ...turned(2), mirror: true }

export const inTurn = (...orients: readonly Orient[]): Orient => orients.reduce(joined, turned(0))

/** What `flip` and `rot` do to the finished picture: mirrors first, then quarter turns clockwise. */
export function turnedAfterwards({ turns, mirror }: Orient): Pairs {
  if (mirror && turns === 2) return { flip: 'v' }
  // A turn that is followed by a mirror is a mirror followed by the opposite turn, and `rot` counts the other way.
  const rotation = ((4 - (mirror ? -turns : turns) + 4) % 4) * 90
  return {
    ...(mirror ? { flip: 'h' } : {}),
    ...(rotation > 0 ? { rot: String(rotation), 'rot-type': 'pivot' } : {}),
  }
}

/** Mirrors and quarter turns of the finished picture, then any degrees clockwise: the frame turns with it. */
export function spun(orient: Orient, degrees: number): Pairs {
  if (degrees % 90 === 0) return turnedAfterwards(inTurn(orient, quarters(degrees)))
  const { rot = '0', ...mirrors } = turnedAfterwards(orient)
  return { ...mirrors, rot: shown((((Number(rot) - degrees) % 360) + 360) % 360), 'rot-type': 'pivot' }
}
