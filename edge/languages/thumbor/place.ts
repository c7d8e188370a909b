// Where a filter puts a picture or a text: pixels from the left and the top, from the right and the bottom where they are
// negative, or words.
import { shown, whole } from '../shared/values.ts'
import type { Pairs } from '../shared/words.ts'

interface Axis {
  /** Of `mark-align`. */
  readonly word: string
  /** Pixels from the near side. */
  readonly from?: number
  /** Pixels that are left free at the far side. */
  readonly free?: number
}

const words: Readonly<Record<'x' | 'y', readonly [near: string, middle: string, far: string]>> = {
  x: ['left', 'center', 'right'],
  y: ['top', 'middle', 'bottom'],
}

function axisOf(text: string, axis: 'x' | 'y'): Axis | undefined {
  const [near, middle, far] = words[axis]
  if (text === 'center' || text === middle) return { word: middle }
  if (text === near) return { word: near, free: 0 }
  if (text === far) return { word: far, free: 0 }
  const px = text === '-0' ? undefined : whole(text, -8192, 8192)
  if (px === undefined) return undefined
  return px < 0 ? { word: far, free: -px } : { word: near, from: px }
}

/** Undefined for what is not read, and for two different distances from the far sides: there is one for both. */
export function placeOf(x: string, y: string, what: 'mark' | 'txt' = 'mark'): Pairs | undefined {
  if (x === 'repeat' && y === 'repeat' && what === 'mark') return { 'mark-tile': 'grid', 'mark-pad': '0' }
  const [across, down] = [axisOf(x, 'x'), axisOf(y, 'y')]
  if (!across || !down) return undefined
  const distances = new Set([across.free, down.free].filter((free) => free !== undefined))
  if (distances.size > 1) return undefined
  const [free] = distances
  const isPlaced = across.from !== undefined && down.from !== undefined
  return {
    ...(isPlaced ? {} : { [`${what}-align`]: `${down.word},${across.word}` }),
    ...(free === undefined ? {} : { [`${what}-pad`]: shown(free) }),
    ...(across.from === undefined ? {} : { [`${what}-x`]: shown(across.from) }),
    ...(down.from === undefined ? {} : { [`${what}-y`]: shown(down.from) }),
  }
}
