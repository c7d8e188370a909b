// The addresses of weserv/images: /?url=assets.example.org/a.jpg&w=300&fit=cover.

import { Failure } from '../../errors.ts'
import { type Answer, requireHeld } from '../../tier.ts'
import { badgeRatio } from '../../transforms/index.ts'
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
  spun,
  standing,
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
    ...turns(asked),
    ...(attempt(notes, () => shaped(asked, region(merged(said, notes)))) ?? {}),
    ...output(asked),
    ...effects(asked.native),
  }
  const { name, fallback } = asked
  return {
    pairs,
    from,
    ...(asked.isEncoded ? { reshape: inBase64 } : {}),
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
  if (width && height && fit === 'contain') return { ...pairs, ...standing(asked.align ?? '') }
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

/** A shape fills what is cut to its ratio. */
function shaped({ mask, isTight }: WeservAsked, part: Pairs): Pairs {
  if (mask === undefined || mask === 'ellipse' || !isTight) return { ...part, ...(mask && { mask }) }
  if (part.cut !== undefined) throw refusal('mtrim', 'mtrim beside a crop is not supported')
  return { ...part, mask, cut: `center,middle,${badgeRatio(mask).toFixed(5)}:1` }
}

/** Right angles before the size, others after everything that is cut. */
function turns({ rotation = 0, isFlipped, isFlopped }: WeservAsked): Pairs {
  const mirrors = inTurn(...(isFlipped ? [upended] : []), ...(isFlopped ? [mirrored] : []))
  if (rotation % 90 !== 0) return spun(mirrors, rotation)
  return { ...turning(quarters(rotation)), ...turnedAfterwards(mirrors) }
}

function output({
  output: format,
  isInterlaced,
  isLossless,
  isAnimated,
  background,
  canvas,
  corners,
  rotation = 0,
  page = 0,
  count = 1,
  fit,
}: WeservAsked): Pairs {
  const named = format === 'jpg' && isInterlaced ? 'pjpg' : format
  const painted =
    background ?? (fit === 'contain' ? canvas : undefined) ?? (rotation % 90 === 0 ? undefined : corners)
  return {
    ...(named ? { fm: named } : {}),
    ...(isLossless && format !== 'jpg' ? { lossless: 'true' } : {}),
    ...(painted ? { bg: painted } : {}),
    ...(page > 0 ? { page: shown(page + 1) } : {}),
    ...(isAnimated ? {} : { frame: count > 1 ? `${page + 1}-${page + count}` : shown(page + 1) }),
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

/** The picture as a text that a page can hold. */
function inBase64(answer: Answer): Answer {
  if (answer.status !== 200) return answer
  const type = String(answer.headers['content-type'] ?? 'application/octet-stream')
  const body = Buffer.from(`data:${type};base64,${requireHeld(answer).body.toString('base64')}`)
  const { etag, ...headers } = answer.headers
  const tag = etag === undefined ? {} : { etag: etag.replace(/"$/, '-b64"') }
  const told = { 'content-type': 'text/plain', 'content-length': String(body.length) }
  return { ...answer, body, headers: { ...headers, ...tag, ...told } }
}
