// IPX' addresses: /w_640,f_webp/path or whole address of the source; the optimiser behind Nuxt Image.
import { Failure } from '../../errors.ts'
import { type IpxAsked, type IpxFit, ipxWords } from './ipx/words.ts'
import { padded } from './shared/effects.ts'
import type { Compiled, ReadMeaning } from './shared/mounted.ts'
import type { Notes } from './shared/notes.ts'
import { inTurn, type Meeting, mirrored, place, sized, spun, standing, upended } from './shared/pairs.ts'
import type { Places } from './shared/places.ts'
import { decoded } from './shared/values.ts'
import { type Pairs, readWords, type Said, vocabulary } from './shared/words.ts'

const words = vocabulary(ipxWords)

export function createIpx(_settings: object, places: Places): ReadMeaning {
  return ({ rawPath }) => {
    const [, modifiers, id] = /^\/([^/]*)\/(.*)$/s.exec(rawPath) ?? []
    if (!modifiers)
      throw new Failure('bad-address', 'Expected modifiers, a slash and a source: w_640/cats/tom.jpg')
    if (!id) throw new Failure('bad-address', 'The address names no source')
    return {
      place: placeOf(id, places),
      compile: (notes) => compile(split(modifiers), notes),
    }
  }
}

/** A whole address may be one component, and its double slash collapsed to one. */
function placeOf(id: string, places: Places) {
  const whole = /^https?%3A/i.test(id) ? (decoded(id) ?? id) : id
  const [, scheme, address] = /^\/?(https?):\/{1,2}(.*)$/is.exec(whole) ?? []
  return scheme === undefined ? places.ofPath(id) : places.ofUrl(`${scheme.toLowerCase()}://${address}`)
}

/** Divided by ',' or '&'; a name ends at '_', ':' or '='. Unknown ones are ignored, as IPX does. */
function split(modifiers: string): Said {
  if (modifiers === '_') return []
  const said = modifiers
    .replace(/%2C/gi, ',')
    .replace(/%26/g, '&')
    .split(/[,&]/)
    .map((modifier) => {
      const text = decoded(modifier)
      if (text === undefined) throw new Failure('bad-address', 'The modifiers are not percent-encoded UTF-8')
      const [, name = text, value = ''] = /^([^_:=]*)[_:=](.*)$/s.exec(text) ?? []
      return [name.trim(), value.trim()] as const
    })
  return said.filter(([name]) => words.has(name))
}

function compile(said: Said, notes: Notes): Compiled {
  const { asked, from } = readWords<IpxAsked>(words, said, notes, {})
  const { background, isFlat, format, isAnimated } = asked
  const painted = background ?? (isFlat ? '000000' : undefined)
  const isSeen =
    [isFlat, asked.padding, asked.opacity].some((each) => each !== undefined) ||
    asked.fit === 'contain' ||
    format === 'jpg' ||
    (asked.rotation ?? 0) % 90 !== 0
  const pairs = {
    ...(asked.padding ? padded(sizes(asked), asked.padding) : sizes(asked)),
    ...turns(asked),
    ...(painted !== undefined && isSeen ? { bg: painted } : {}),
    ...(format === 'auto' ? { auto: 'format' } : format ? { fm: format } : {}),
    // "GIF output is animated without being asked; other formats need `animated`."
    ...(isAnimated || format === 'gif' ? {} : { frame: '1' }),
    ...asked.native,
  }
  return { pairs, from }
}

const meetings: Readonly<Record<IpxFit, Meeting>> = {
  cover: 'ratio',
  contain: 'pad',
  fill: 'distort',
  inside: 'inside',
  outside: 'outside',
}

function sizes(asked: IpxAsked): Pairs {
  const { box, fit = 'cover', enlarge = false, width, height, kernel } = asked
  // Both are resizes of one side, done in the order of the alphabet: the width wins.
  if (!box) return sized(width ? { width } : { height }, 'inside', enlarge)
  const pairs = {
    ...sized(box, meetings[fit], enlarge),
    ...(kernel === undefined || kernel === 'lanczos3' ? {} : { kernel }),
  }
  const words = asMirrored(asked)
  if (fit === 'contain') return { ...pairs, ...standing(words) }
  return fit === 'cover' ? { ...pairs, ...place(words) } : pairs
}

/** Mirrors come before the cut there, and after it here. */
function asMirrored({ position = '', isFlipped, isFlopped }: IpxAsked): string {
  const others: Readonly<Record<string, string>> = {
    ...(isFlopped ? { left: 'right', right: 'left' } : {}),
    ...(isFlipped ? { top: 'bottom', bottom: 'top' } : {}),
  }
  return position
    .split(',')
    .map((word) => others[word] ?? word)
    .join(',')
}

const turns = ({ isFlipped, isFlopped, rotation = 0 }: IpxAsked): Pairs =>
  spun(inTurn(...(isFlipped ? [upended] : []), ...(isFlopped ? [mirrored] : [])), rotation)
