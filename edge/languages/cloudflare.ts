// Cloudflare's addresses: /cdn-cgi/image/width=640,fit=cover/path or whole address of the source.
import { Failure } from '../../errors.ts'
import { cloudflareFacts } from './cloudflare/facts.ts'
import { type CloudflareAsked, cloudflareWords, type Fit, type Trim, turnOf } from './cloudflare/words.ts'
import { trimmed } from './shared/effects.ts'
import type { Compiled, ReadMeaning } from './shared/mounted.ts'
import type { Notes } from './shared/notes.ts'
import { focal, type Meeting, place, sides, sized, turning } from './shared/pairs.ts'
import type { Places } from './shared/places.ts'
import { clamp, decoded, shown } from './shared/values.ts'
import { type Pairs, readWords, type Said, vocabulary } from './shared/words.ts'

const words = vocabulary(cloudflareWords)

export function createCloudflare(_settings: object, places: Places): ReadMeaning {
  return ({ rawPath, query }) => {
    const [, options = '', rest] = /^\/([^/]*)\/(.*)$/s.exec(rawPath) ?? []
    if (!rest)
      throw new Failure('bad-address', 'Expected options, a slash and a source: width=640/photos/cat.jpg')
    return {
      place: placeOf(rest, query, places),
      compile: (notes) => compile(split(options), notes),
    }
  }
}

/** "It is taken as is, including its own query string": of a path on this zone the query means nothing. */
function placeOf(rest: string, query: string, places: Places) {
  const [, scheme, address] = /^\/?(https?):\/{1,2}(.*)$/is.exec(rest) ?? []
  if (scheme === undefined) return places.ofPath(rest)
  return places.ofUrl(`${scheme.toLowerCase()}://${address}${query === '' ? '' : `?${query}`}`)
}

function split(options: string): Said {
  return options.split(',').map((option) => {
    const at = option.indexOf('=')
    const [name, raw] = at < 0 ? [option, ''] : [option.slice(0, at), option.slice(at + 1)]
    const text = decoded(raw)
    if (text === undefined) throw new Failure('bad-address', 'The options are not percent-encoded UTF-8')
    return [name.trim().toLowerCase(), text.trim()] as const
  })
}

function compile(said: Said, notes: Notes): Compiled {
  const { asked, from } = readWords<CloudflareAsked>(words, said, notes, {})
  if (asked.format === 'json') return { pairs: { fm: 'json' }, from, reshape: cloudflareFacts }
  const { native = {}, trim } = asked
  const pairs = {
    ...sizes(asked),
    ...(trim && { rect: region(trim) }),
    ...members(asked),
    ...border(asked),
    ...turning(turnOf(asked)),
    ...output(asked),
    ...native,
    ...hints(asked),
  }
  return { pairs, from }
}

const meetings: Readonly<Record<Exclude<Fit, 'scale-up'>, readonly [Meeting, boolean]>> = {
  'scale-down': ['inside', false],
  contain: ['inside', true],
  cover: ['cover', true],
  crop: ['cover', false],
  'aspect-crop': ['ratio', false],
  pad: ['pad', false],
  squeeze: ['distort', true],
}

function sizes(asked: CloudflareAsked): Pairs {
  const { fit = 'scale-down', height, gravity = { words: '' } } = asked
  const width = asked.width ?? (asked.isAutomatic ? (asked.desktop ?? 1200) : undefined)
  if (fit === 'scale-up') return { ...sides({ width, height }), enlarge: 'only' }
  const [meeting, mayEnlarge] = meetings[fit]
  const pairs = sized({ width, height }, meeting, mayEnlarge)
  if (!width || !height || (meeting !== 'cover' && meeting !== 'ratio')) return pairs
  if ('words' in gravity) return { ...pairs, ...place(gravity.words), ...zoomed(gravity.words, asked) }
  if (fit !== 'cover') return { ...pairs, ...focal(gravity.x, gravity.y) }
  return { ...pairs, ...aligned(gravity, { width, height }, Number(asked.native?.dpr ?? 1)) }
}

/** The part that is kept is so many times as large as the faces. */
const zoomed = (words: string, { zoom = 0 }: CloudflareAsked): Pairs =>
  words.startsWith('faces') && zoom > 0 ? { facepad: shown(clamp(1 / zoom, 1, 100)) } : {}

/** The same point of source and result lies over each other: so much of the room is before the cut. */
function aligned(
  { x, y }: { readonly x: number; readonly y: number },
  { width, height }: { readonly width: number; readonly height: number },
  dpr: number,
): Pairs {
  const middles = [0, 0.5, 1]
  const across = ['left', '', 'right'][middles.indexOf(x)]
  const down = ['top', '', 'bottom'][middles.indexOf(y)]
  if (across !== undefined && down !== undefined)
    return place([down, across].filter((word) => word !== '').join(','))
  const size = [width, height].map((side) => Math.round(side * dpr)).join(',')
  return { fit: 'cover', cut: `${shown(x * 100)}p,${shown(y * 100)}p,${size}` }
}

/** Shares of both sides, or pixels from the left and the top, of which the rest sticks out and is cut. */
function region({ top, right, bottom, left }: Trim): string {
  const [x, y] = [left, top].map((edge) => (edge >= 1 ? String(Math.round(edge)) : shown(edge)))
  const isPixels = left >= 1 || top >= 1
  const span = (share: number): string => (isPixels || share === 1 ? 'full' : shown(share))
  return [x, y, span(1 - left - right), span(1 - top - bottom)].join(',')
}

/** What is not written begins at the edge, and reaches to the other one. */
function members({ left, top, regionWidth, regionHeight }: CloudflareAsked): Pairs {
  if ((left ?? top ?? regionWidth ?? regionHeight) === undefined) return {}
  return { rect: [left ?? '0', top ?? '0', regionWidth ?? 'full', regionHeight ?? 'full'].join(',') }
}

function border({ isBorder, borderColour, borderTolerance = 0, borderKeep = 0 }: CloudflareAsked): Pairs {
  if (!isBorder) return {}
  return {
    ...trimmed(borderTolerance, borderColour),
    ...(borderKeep > 0 ? { 'trim-pad': shown(borderKeep) } : {}),
  }
}

function output({ format, quality, isNumeric, background, fit }: CloudflareAsked): Pairs {
  const isLossless = format === 'webp' && quality === '100'
  // "An explicit number on PNG output makes a palette PNG."
  const isIndexed = format === 'png' && isNumeric === true
  const canvas = background ?? (fit === 'pad' ? 'ffffff' : undefined)
  return {
    ...(format === 'auto' ? { auto: 'format' } : format ? { fm: format } : {}),
    ...(isLossless ? { lossless: 'true' } : quality ? { q: quality } : {}),
    ...(isIndexed ? { colorquant: '256' } : {}),
    ...(canvas ? { bg: canvas } : {}),
  }
}

function hints({ isAutomatic, width, native = {} }: CloudflareAsked): Pairs {
  const asked = [...(isAutomatic && width === undefined ? ['width'] : []), ...(native.ch ? [native.ch] : [])]
  return asked.length > 0 ? { ch: asked.join(',') } : {}
}
