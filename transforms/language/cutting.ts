// The part of an exact request that says what of the picture is kept: regions, and the place of a crop.
import type { Fit, Options, Spec } from './options.ts'
import { present } from './present.ts'

type Cutting = Pick<Spec, 'crop' | 'focalX' | 'focalY' | 'region' | 'cut'>

/** Regions and crop in their one form; the crop only for the fit mode that reads it. */
export function cutting(options: Options, fit: Fit | undefined): Cutting {
  return present({ region: part(options.region), ...place(options, fit), cut: part(options.cut) })
}

const part = (region: Options['region']): Options['region'] => (isWhole(region) ? undefined : region)

function isWhole(region: Options['region']): boolean {
  if (!region || 'ratio' in region) return false
  // Where no room is left, every share of it is at the edge.
  const fromEdge = [region.x, region.y].every(
    (at) => typeof at === 'string' || 'room' in at || ('px' in at && at.px === 0),
  )
  return fromEdge && [region.width, region.height].every((span) => 'share' in span && span.share === 1)
}

function place(options: Options, fit: Fit | undefined): Cutting {
  if (fit !== 'crop') return {}
  // Edges are found by the search for attention, which weighs edges, saturation and skin.
  const asked = options.crop ?? []
  const detector = asked.find((word) => word === 'entropy' || word === 'attention' || word === 'edges')
  const focal = asked.indexOf('focalpoint')
  if (detector && (focal < 0 || asked.indexOf(detector) < focal)) {
    return { crop: [detector === 'edges' ? 'attention' : detector] }
  }
  return focal < 0 ? positions(asked) : focalPoint(options.focalX ?? 0.5, options.focalY ?? 0.5)
}

/** The first word of each axis, top and bottom before left and right; nothing is the centre. */
function positions(asked: NonNullable<Options['crop']>): Cutting {
  const y = asked.find((word) => word === 'top' || word === 'bottom')
  const x = asked.find((word) => word === 'left' || word === 'right')
  const crop = [y, x].filter((word) => word !== undefined)
  return crop.length > 0 ? { crop } : {}
}

/** A point at an edge or in the middle is what the words for these places mean. */
function focalPoint(x: number, y: number): Cutting {
  if (!(x in across) || !(y in down)) {
    return present({
      crop: ['focalpoint'] as const,
      focalX: x === 0.5 ? undefined : x,
      focalY: y === 0.5 ? undefined : y,
    })
  }
  return positions([down[y], across[x]].filter((word) => word !== undefined))
}

const across: Readonly<Record<number, 'left' | 'right' | undefined>> = {
  0: 'left',
  0.5: undefined,
  1: 'right',
}
const down: Readonly<Record<number, 'top' | 'bottom' | undefined>> = { 0: 'top', 0.5: undefined, 1: 'bottom' }
