// How pictures beside the source are named in URLs: a path of the same source, a whole web address, or a source and its
// path.
import { type Colour, readColour, writeColour } from './colour.ts'
import { listed } from './kinds.ts'
import type { Kind } from './option-types.ts'

export interface PictureName {
  /** Empty for what the edge has still to find: a path of the picture's own source, or a web address. */
  readonly source: string
  readonly path: string
}

const maxPath = 4096
const named = /^([a-z0-9][a-z0-9_-]{0,62}):(.+)$/s
export const webAddress = /^https?:\/\//i

export const pictureName: Kind<PictureName> = {
  expected: 'a path, a web address, or a source and its path divided by a colon',
  read(text) {
    if (text.length > maxPath || /\p{Cc}/u.test(text) || !text.isWellFormed()) return undefined
    if (webAddress.test(text)) return { source: '', path: text }
    const [, source = '', path = ''] = named.exec(text) ?? ['', '', text]
    const bare = path.replace(/^\/+/, '')
    return bare === '' ? undefined : { source, path: bare }
  },
  write: ({ source, path }) =>
    source === '' ? (webAddress.test(path) ? path : `/${path}`) : `${source}:${path}`,
}

/** Shapes of their own ratio, as large as the picture allows, in its middle. */
export const badges = [
  ...(['circle', 'square', 'triangle', 'triangle-180', 'pentagon', 'pentagon-180'] as const),
  ...(['hexagon', 'star', 'heart'] as const),
] as const
export type Badge = (typeof badges)[number]
export type MaskShape = 'ellipse' | 'corners' | Badge
const shapes: readonly MaskShape[] = ['ellipse', 'corners', ...badges]

/** A shape by its name, or a picture; a file that is named as a shape is needs a slash in front of it. */
export const maskKind: Kind<MaskShape | PictureName> = {
  expected: `one of ${shapes.join(', ')}, or ${pictureName.expected}`,
  read: (text) => shapes.find((shape) => shape === text.toLowerCase()) ?? pictureName.read(text),
  write: (value) => (typeof value === 'string' ? value : pictureName.write(value)),
}

/** A colour, or a picture; a file that is named as a colour is needs a slash in front of it. */
export const blendKind: Kind<Colour | PictureName> = {
  expected: `a colour, or ${pictureName.expected}`,
  read: (text) => readColour(text) ?? pictureName.read(text),
  write: (value) => ('path' in value ? pictureName.write(value) : writeColour(value)),
}

/** Where something lies on a picture: 0 at the left or upper edge, 1 at the right or lower one. */
export interface Alignment {
  readonly x: 0 | 0.5 | 1
  readonly y: 0 | 0.5 | 1
}

const places: Readonly<Record<string, readonly ['x' | 'y', 0 | 0.5 | 1]>> = {
  left: ['x', 0],
  center: ['x', 0.5],
  right: ['x', 1],
  top: ['y', 0],
  middle: ['y', 0.5],
  bottom: ['y', 1],
}

/** `usual` is what holds on an axis that no word names. */
export const alignment = (usual: Alignment): Kind<Alignment> => ({
  expected: 'a list of top, middle, bottom, left, center, right',
  control: { type: 'words', words: Object.keys(places), isList: true },
  read(text) {
    const found: { x?: Alignment['x']; y?: Alignment['y'] } = {}
    for (const word of listed(text)) {
      const place = Object.hasOwn(places, word) ? places[word] : undefined
      if (!place) return undefined
      found[place[0]] ??= place[1]
    }
    // One word alone is in the middle of the other axis.
    const isOne = (found.x === undefined) !== (found.y === undefined)
    return isOne ? { x: found.x ?? 0.5, y: found.y ?? 0.5 } : { ...usual, ...found }
  },
  write: ({ x, y }) => [nameOf('y', y), nameOf('x', x)].join(','),
})

const nameOf = (axis: 'x' | 'y', at: number): string =>
  Object.entries(places).find(([, place]) => place[0] === axis && place[1] === at)?.[0] ?? ''
