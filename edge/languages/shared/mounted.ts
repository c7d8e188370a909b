// A language of another service below its prefix: what it compiles to, as the answer that the seam asks for.
import { type Options, type Place, parse } from '../../../transforms/index.ts'
import { type Signing, verify } from '../../signature.ts'
import type { AddressText, Language, PictureRequest } from '../language.ts'
import { type Notes, strict } from './notes.ts'
import { type Pairs, toOptions } from './words.ts'

/** What an address of a language comes to. */
export interface Compiled extends Omit<PictureRequest, 'options'> {
  readonly pairs: Pairs
  /** By native option, the word that asked for it. */
  readonly from: ReadonlyMap<string, string>
}

export interface Meaning {
  readonly place: Place
  /** The language's own signature. Absent: the native one, where the source asks for signed addresses. */
  readonly verify?: ((signing: Signing) => void) | undefined
  compile(notes: Notes): Compiled
}

/** Takes an address apart whose path begins behind the prefix. */
export type ReadMeaning = (target: AddressText) => Meaning

/** `prefix` without a slash at its end: '/cdn-cgi/image'. */
export function mounted(prefix: string, read: ReadMeaning): Language {
  return {
    recognises: (rawPath) => rawPath.startsWith(prefix) && isEnd(rawPath[prefix.length]),
    read(target) {
      const meaning = read({ ...target, rawPath: target.rawPath.slice(prefix.length) })
      return {
        ...meaning.place,
        verify: meaning.verify ?? ((signing) => verify(target.whole, signing)),
        readOptions(defaults, notes = strict): PictureRequest {
          const { pairs, from, ...rest } = meaning.compile(notes)
          const options = toOptions(pairs, from, notes)
          const isUnmade = options.format === 'json' || options.format === 'original'
          return { ...rest, options: isUnmade ? options : { ...presets(defaults), ...options } }
        },
      }
    },
  }
}

const isEnd = (next: string | undefined): boolean => next === undefined || next === '/'

/** Of the source's defaults what an address of another language leaves open; size and format it always says. */
export function presets(defaults: string): Options {
  const { quality, lossless, background } = parse(defaults)
  return {
    ...(quality !== undefined && { quality }),
    ...(lossless !== undefined && { lossless }),
    ...(background !== undefined && { background }),
  }
}
