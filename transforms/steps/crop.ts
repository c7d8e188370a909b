// Cuts the resized picture to its frame: from a place that is told, or one that its pixels decide.

import { decimal, listOf, same } from '../options/kinds.ts'
import { faceRows } from './face-rows.ts'
import type { Crop } from './geometry/geometry.ts'
import { type Loose, stepOf } from './step.ts'

export const crop = stepOf<Crop>()({
  name: 'crop',
  rows: {
    crop: {
      key: 'crop',
      kind: listOf(
        same('top', 'bottom', 'left', 'right', 'focalpoint', 'entropy', 'attention', 'edges', 'faces'),
      ),
      section: 'Crop',
      needs: '`fit=crop` or `fit=min`',
      about:
        'Which part survives; the centre when not given. Positions combine (`top,left`). `faces` keeps the largest face in the middle, and as many others with it as there is room for; where there is none the next word counts, which is `attention` when not given.',
      example: { value: 'left', beside: 'h=320&fit=crop' },
    },
    focalX: {
      key: 'fp-x',
      kind: decimal(0, 1),
      section: 'Crop',
      default: 0.5,
      needs: '`crop=focalpoint`',
      about: 'The point to keep in the middle, from the left edge (0) to the right edge (1).',
      example: { value: '0.1', beside: 'h=320&fit=crop&crop=focalpoint' },
    },
    focalY: {
      key: 'fp-y',
      kind: decimal(0, 1),
      section: 'Crop',
      default: 0.5,
      needs: '`crop=focalpoint`',
      about: 'The point to keep in the middle, from the top edge (0) to the bottom edge (1).',
      example: { value: '0.9', beside: 'h=120&fit=crop&crop=focalpoint' },
    },
    zoom: {
      key: 'fp-z',
      kind: decimal(1, 100),
      section: 'Crop',
      default: 1,
      needs: '`crop=focalpoint`',
      about: 'Zooms to the point: at 2 half the width and half the height of what is kept otherwise.',
      example: { value: '3', beside: 'h=320&fit=crop&crop=focalpoint' },
    },
    ...faceRows,
  },
  exact: (options, { fit }) => (isCut(fit) ? placeOf(options) : {}),
  // Laid out with the size.
  plan: (draft) => draft,
  isApart: ({ by }) => by !== 'box',
  rates: { detect: 11 },
  work: ({ by }, { resized }) => (by === 'box' ? {} : { detect: resized }),
})

type Word = 'top' | 'bottom' | 'left' | 'right' | 'focalpoint' | 'entropy' | 'attention' | 'edges' | 'faces'

interface Asked {
  readonly crop?: readonly Word[]
  readonly focalX?: number
  readonly focalY?: number
  readonly zoom?: number
  readonly facePad?: number
  readonly faceIndex?: number
}

/** Whether something may be cut off in this fit mode. */
export const isCut = (fit: string | undefined): boolean => fit === 'crop' || fit === 'min'

/** Whether faces count: nothing that always finds a place is named before them. */
export function asksForFaces(crop: readonly string[] = []): boolean {
  const always = crop.findIndex((word) => finding.has(word))
  const at = crop.indexOf('faces')
  return at >= 0 && (always < 0 || at < always)
}

const finding: ReadonlySet<string> = new Set(['entropy', 'attention', 'edges', 'focalpoint'])

/** The crop in its one form. */
function placeOf(options: Asked): Loose<Asked> {
  const { crop = [], facePad, faceIndex } = options
  const place = stillOf(options)
  if (!asksForFaces(crop)) return place
  const others = place.crop?.[0] === 'attention' ? [] : (place.crop ?? [])
  return { ...place, crop: ['faces', ...others], facePad, faceIndex }
}

/** Where no face is found. */
function stillOf(options: Asked): Loose<Asked> {
  // Edges are found by the search for attention, which weighs edges, saturation and skin.
  const asked = withoutFaces(options.crop)
  const detector = asked.find((word) => word === 'entropy' || word === 'attention' || word === 'edges')
  const focal = asked.indexOf('focalpoint')
  if (detector && (focal < 0 || asked.indexOf(detector) < focal)) {
    return { crop: [detector === 'edges' ? 'attention' : detector] }
  }
  if (focal < 0) return positions(asked)
  const { focalX: x = 0.5, focalY: y = 0.5, zoom = 1 } = options
  return zoom > 1 ? { ...pointOf(x, y), zoom } : focalPoint(x, y)
}

/** What stands beside the word counts, or what draws attention. */
function withoutFaces(asked: readonly Word[] = []): readonly Word[] {
  const others = asked.filter((word) => word !== 'faces')
  return others.length === 0 && asked.length > 0 ? ['attention'] : others
}

/** The first word of each axis, top and bottom before left and right; nothing is the centre. */
function positions(asked: readonly Word[]): Loose<Asked> {
  const y = asked.find((word) => word === 'top' || word === 'bottom')
  const x = asked.find((word) => word === 'left' || word === 'right')
  const crop = [y, x].filter((word) => word !== undefined)
  return crop.length > 0 ? { crop } : {}
}

/** A point at an edge or in the middle is what the words for these places mean. */
function focalPoint(x: number, y: number): Loose<Asked> {
  if (!(x in across) || !(y in down)) return pointOf(x, y)
  return positions([down[y], across[x]].filter((word) => word !== undefined))
}

const pointOf = (x: number, y: number): Loose<Asked> => ({
  crop: ['focalpoint'],
  focalX: x === 0.5 ? undefined : x,
  focalY: y === 0.5 ? undefined : y,
})

const across: Readonly<Record<number, 'left' | 'right' | undefined>> = {
  0: 'left',
  0.5: undefined,
  1: 'right',
}
const down: Readonly<Record<number, 'top' | 'bottom' | undefined>> = { 0: 'top', 0.5: undefined, 1: 'bottom' }
