// Where a cut goes that was asked to keep faces: a point and a zoom, or what was asked for in case that there is none.
import { type Box, clamped, largestPart, type Size } from './sizes.ts'

export interface Aiming {
  readonly crop?: readonly string[]
  readonly focalX?: number
  readonly focalY?: number
  /** How many times smaller than it could be the part is that a focal point cuts out; 1 and more. */
  readonly zoom?: number
  /** Where faces are, as shares of the picture's sides, the largest first. */
  readonly faces?: readonly Box[] | undefined
  /** Which of them counts alone, from 1. */
  readonly faceIndex?: number
  /** How many times as large the part is that is kept round them. */
  readonly facePad?: number
}

/** The same request without the word `faces`. */
export function towardsFaces<Asked extends Aiming>(asked: Asked, from: Size, frame: Size): Asked {
  if (!asked.crop?.includes('faces')) return asked
  const { faces = [], faceIndex, facePad } = asked
  const one = faceIndex === undefined ? undefined : faces[faceIndex - 1]
  const kept = one ? [one] : faces
  if (kept.length === 0) return { ...asked, crop: otherwise(asked.crop) }
  const part = largestPart(from, frame)
  const room = { width: part.width / from.width, height: part.height / from.height }
  const box = facePad === undefined ? together(kept, room) : round(kept)
  const zoom = facePad && Math.min(room.width / (box.width * facePad), room.height / (box.height * facePad))
  return {
    ...asked,
    crop: ['focalpoint'],
    focalX: box.left + box.width / 2,
    focalY: box.top + box.height / 2,
    zoom: zoom === undefined ? 0 : clamped(zoom, 1, mostZoom),
  }
}

/** What counts where no face is found. */
export function otherwise(crop: readonly string[]): readonly string[] {
  const others = crop.filter((word) => word !== 'faces')
  return others.length > 0 ? others : ['attention']
}

const mostZoom = 100

const round = (boxes: readonly Box[]): Box => boxes.reduce(joined)

function joined(a: Box, b: Box): Box {
  const [left, top] = [Math.min(a.left, b.left), Math.min(a.top, b.top)]
  const right = Math.max(a.left + a.width, b.left + b.width)
  const bottom = Math.max(a.top + a.height, b.top + b.height)
  return { left, top, width: right - left, height: bottom - top }
}

/** The largest face, and with it as many of the next as there is room for. */
function together(faces: readonly Box[], room: Size): Box {
  return faces.reduce((box, face) => {
    const both = joined(box, face)
    return both.width <= room.width && both.height <= room.height ? both : box
  })
}
