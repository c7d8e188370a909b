// The addresses of weserv/images: /?url=assets.example.org/a.jpg&w=300&fit=cover.

import { Failure } from '../../errors.ts'
import type { Answer } from '../../tier.ts'
import { reshaped } from './shared/facts.ts'
import type { Compiled, ReadMeaning } from './shared/mounted.ts'
import type { Notes } from './shared/notes.ts'
import {
  focal,
  inTurn,
  type Meeting,
  mirrored,
  place,
  quarters,
  sized,
  turnedAfterwards,
  turning,
  upended,
} from './shared/pairs.ts'
import type { Places } from './shared/places.ts'
import { pairsOf, spelledAddress } from './shared/query.ts'
import { shown } from './shared/values.ts'
import { attempt, type Pairs, readWords, refusal, type Said, vocabulary } from './shared/words.ts'
import { type Side, type WeservAsked, type WeservFit, weservWords } from './weserv/words.ts'

const words = vocabulary(weservWords)

export function createWeserv(_settings: object, places: Places): ReadMeaning {
  return ({ rawPath, query }) => {
    if (rawPath !== '' && rawPath !== '/') throw new Failure('bad-address', 'Expected ?url=...')
    const said = firstOfEach(pairsOf(query))
    const url = said.find(([name]) => name === 'url')?.[1]
    if (!url) throw new Failure('bad-address', 'Expected url: the address of a picture')
    return {
      place: placeOf(url, places),
      compile: (notes) =>
        compile(
          said.filter(([name]) => words.has(name)),
          notes,
          places,
        ),
    }
  }
}

/** The first occurrence counts, under whichever of its names. */
function firstOfEach(said: Said): Said {
  const seen = new Set<string>()
  return said.filter(([name]) => {
    const key = words.get(name)?.name ?? name
    return !seen.has(key) && seen.add(key)
  })
}

/** Without a scheme it is a web address too; `ssl:` is an old way to say https. */
function placeOf(url: string, places: Places) {
  const address = spelledAddress(url.trim())
  if (/^https?:\/\//i.test(address)) return places.ofUrl(address)
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(address)) return places.of(address)
  const [, secure, rest = ''] = /^(ssl:)?\/{0,2}(.*)$/is.exec(address) ?? []
  return places.ofUrl(`${secure ? 'https' : 'http'}://${rest}`, secure === undefined)
}

function compile(said: Said, notes: Notes, places: Places): Compiled {
  const { asked, from } = readWords<WeservAsked>(words, said, notes, {})
  if (asked.output === 'json') return { pairs: { fm: 'json' }, from, reshape: weservFacts }
  const pairs = {
    ...sizes(asked),
    ...region(merged(said, notes)),
    ...turns(asked),
    ...(attempt(notes, () => shape(asked)) ?? {}),
    ...output(asked),
    ...effects(asked.native),
  }
  const { name, fallback } = asked
  return {
    pairs,
    from,
    ...(name === undefined ? {} : { saving: { as: 'inline', name } }),
    ...(fallback === undefined ? {} : { fallback: addressOf(placeOf(fallback, places)) }),
  }
}

const addressOf = ({ source, path }: { readonly source: string; readonly path: string }): string =>
  /^https?:\/\//.test(path) ? `/${source}/${encodeURIComponent(path)}` : `/${source}/${path}`

/** The four members of a rectangle come one by one. */
function merged(said: Said, notes: Notes): WeservAsked {
  const parts = said.filter(([name]) => /^(?:c[xywh]|crop|precrop)$/.test(name))
  const read = parts.map(
    (part) => readWords<WeservAsked>(words, [part], { ...notes, used: () => {} }, {}).asked,
  )
  const isPrecrop = read.some((each) => each.isPrecrop)
  return { cut: Object.assign({}, ...read.map(({ cut }) => cut ?? {})), isPrecrop }
}

function region({ cut = {}, isPrecrop }: WeservAsked): Pairs {
  const { x = '0', y = '0', w = 'full', h = 'full' } = cut
  if (Object.keys(cut).length === 0) return {}
  return { [isPrecrop ? 'rect' : 'cut']: [x, y, w, h].join(',') }
}

const meetings: Readonly<Record<WeservFit, Meeting>> = {
  inside: 'inside',
  outside: 'outside',
  cover: 'cover',
  fill: 'distort',
  contain: 'pad',
}

function sizes(asked: WeservAsked): Pairs {
  const { width, height, fit = 'inside', dpr } = asked
  if (!width && !height) return {}
  const density: Pairs = dpr === undefined ? {} : { dpr: shown(dpr) }
  // What fits there are is told by whether there are two sides, not by their lengths.
  const box = { width: width && 1, height: height && 1 }
  const pairs = {
    ...sized(box, meetings[fit], !asked.isUnenlarged),
    ...density,
    ...lengths({ w: width, h: height }),
  }
  return width && height && fit === 'cover' ? { ...pairs, ...kept(asked) } : pairs
}

const lengths = (sides: Readonly<Record<string, Side | undefined>>): Pairs =>
  Object.fromEntries(
    Object.entries(sides).flatMap(([key, side]) =>
      side === undefined ? [] : [[key, 'px' in side ? shown(side.px) : side.share]],
    ),
  )

function kept({ align = '', focalX = 0.5, focalY = 0.5 }: WeservAsked): Pairs {
  return align === 'focalpoint' ? focal(focalX, focalY) : place(align)
}

/** A circle is an ellipse of a square. */
function shape({ mask, width, height, fit }: WeservAsked): Pairs {
  if (mask === undefined) return {}
  const isSquare = JSON.stringify(width) === JSON.stringify(height) && (fit === 'cover' || fit === 'fill')
  if (mask === 'circle' && !(width && isSquare))
    throw refusal('mask', 'mask=circle needs a result that is a square')
  return { mask: 'ellipse' }
}

function turns({ rotation = 0, isFlipped, isFlopped }: WeservAsked): Pairs {
  return {
    ...turning(quarters(rotation)),
    ...turnedAfterwards(inTurn(...(isFlipped ? [upended] : []), ...(isFlopped ? [mirrored] : []))),
  }
}

function output({
  output: format,
  isInterlaced,
  isLossless,
  isAnimated,
  background,
  canvas,
  fit,
}: WeservAsked): Pairs {
  const named = format === 'jpg' && isInterlaced ? 'pjpg' : format
  const painted = background ?? (fit === 'contain' ? canvas : undefined)
  return {
    ...(named ? { fm: named } : {}),
    ...(isLossless && format !== 'jpg' ? { lossless: 'true' } : {}),
    ...(painted ? { bg: painted } : {}),
    ...(isAnimated ? {} : { frame: '1' }),
  }
}

/** The colours of a duotone are words of their own. */
function effects({ start = 'c83658', stop = 'd8e74f', duotone, ...others }: Pairs = {}): Pairs {
  return { ...others, ...(duotone === undefined ? {} : { duotone: `${start},${stop}` }) }
}

const weservFacts = (answer: Answer): Answer =>
  reshaped(
    answer,
    'ws',
    ({ format, width, height, space, depth, pages, icc, alpha, orientation, progressive }) => ({
      format,
      width,
      height,
      space: space === 'gray' ? 'b-w' : space === 'cmyk' ? 'cmyk' : 'srgb',
      channels: (space === 'gray' ? 1 : space === 'cmyk' ? 4 : 3) + (alpha ? 1 : 0),
      depth: depth > 8 ? 'ushort' : 'uchar',
      isProgressive: progressive,
      pages,
      hasProfile: icc,
      hasAlpha: alpha,
      orientation,
    }),
  )
