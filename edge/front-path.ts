// The path of an address as a cache in front of the edge needs it: cheap to read, and equal only where the picture is
// equal. Pure; lua/halftone/path.lua is its twin.

export type FrontPath =
  /** Another language, a page, an API, or too odd to be judged cheaply: the edge decides. */
  | { readonly is: 'passed' }
  | { readonly is: 'refused'; readonly why: PathFault }
  | {
      readonly is: 'picture'
      readonly source: string
      /** One spelling of the path, as far as that is cheap. */
      readonly spelling: string
      /** The canonical path without its source; undefined for a web address, whose canonical form takes more reading. */
      readonly path: string | undefined
    }

export type PathFault = 'path-too-long' | 'bad-escape' | 'no-picture' | 'control' | 'backslash' | 'dots'

const longestPath = 4096
const sourceName = /^[a-z0-9][a-z0-9_-]{0,62}$/
const identifier = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i
const webLike = /^https?(?::|%3a)/i
/** Old servers read them as dots and slashes, and half a character is no text: the edge looks closer. */
const oddBytes = /%C[01]|%C2%[89]|%E0%[89]|%F0%8/

export interface FrontPlaces {
  readonly isReserved: (first: string) => boolean
  /** Whether its pictures are files, found by name. */
  readonly isNamed: (source: string) => boolean
}

export function readFrontPath(raw: string, places: FrontPlaces): FrontPath {
  const [, source = '', rest] = /^\/([^/]*)\/(.*)$/s.exec(raw) ?? []
  if (rest === undefined || !sourceName.test(source) || identifier.test(source)) return passed
  if (places.isReserved(source) || !/^[\x21-\x7e]*$/.test(rest)) return passed
  if (raw.length > longestPath) return refused('path-too-long')
  return /%(?![0-9a-f]{2})/i.test(rest) ? refused('bad-escape') : spelledIn(source, rest, places)
}

function spelledIn(source: string, rest: string, { isNamed }: FrontPlaces): FrontPath {
  const spelling = spell(rest)
  if (webLike.test(spelling)) return { is: 'picture', source, spelling: rest, path: undefined }
  if (oddBytes.test(spelling)) return passed
  const name = bytesOf(spelling)
  const fault = faultOf(name)
  if (fault) return refused(fault)
  const path = isNamed(source) ? pathOfName(name) : spelling
  return { is: 'picture', source, spelling: path, path }
}

const passed = { is: 'passed' } as const
const refused = (why: PathFault) => ({ is: 'refused', why }) as const

/** What stands for itself in a path (RFC 3986 3.3, pchar); all else is a triplet. */
const spell = (rest: string): string =>
  rest.replace(/%[0-9a-f]{2}|[^\w.~!$&'()*+,;=:@/%-]/gi, (text) => {
    const character = text.length === 1 ? text : characterOf(text)
    return text.length > 1 && /[\w.~-]/.test(character) ? character : tripletOf(character)
  })

const characterOf = (triplet: string): string => String.fromCharCode(Number.parseInt(triplet.slice(1), 16))

const tripletOf = (character: string): string =>
  `%${character.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`

/** As bytes: whether they are UTF-8 is for the edge to see. */
const bytesOf = (spelling: string): string => spelling.replace(/%[0-9A-F]{2}/g, characterOf)

/** Also of bytes behind 7F, which stand alone here: they are looked at as bytes. */
function faultOf(name: string): PathFault | undefined {
  if (/^\/*$/.test(name)) return 'no-picture'
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for
  if (/[\x00-\x1f\x7f]/.test(name)) return 'control'
  if (name.includes('\\')) return 'backslash'
  return /(?:^|\/)\.\.?(?:\/|$)/.test(name) ? 'dots' : undefined
}

const pathOfName = (name: string): string =>
  name
    .replace(/\/{2,}/g, '/')
    .replace(/^\//, '')
    .replace(/[^\w.!~*'()/-]/g, tripletOf)
