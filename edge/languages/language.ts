// The seam of the URL languages: what an address means, in the words of the native language.
import type { Answer } from '../../tier.ts'
import type { Options } from '../../transforms/index.ts'
import type { Disposition } from '../content-disposition.ts'
import type { Signing } from '../signature.ts'
import type { Notes } from './shared/notes.ts'

/** An address as it was received: nothing is decoded or put in order. */
export interface AddressText {
  /** Path and query. */
  readonly whole: string
  readonly rawPath: string
  /** Without its '?'. */
  readonly query: string
}

export interface Language {
  /** By the path alone, and cheaply: every address that the fast path does not know is shown to every language. */
  recognises(rawPath: string): boolean
  /** Which picture is meant. Throws 'bad-address', or 'forbidden-address' for a source that nobody configured. */
  read(target: AddressText): LanguageAddress
}

export interface LanguageAddress {
  readonly source: string
  /** As written, without the slash in front of it. */
  readonly path: string
  /** Passes when the address is signed as this language signs. Throws 'bad-signature'. */
  verify(signing: Signing): void
  /**
   * What is asked of the picture; `defaults` are the source's own, as a native query. Throws 'bad-option', or tells
   * `notes` of it where somebody wants to know all that is missing.
   */
  readOptions(defaults: string, notes?: Notes): PictureRequest
}

export interface PictureRequest {
  readonly options: Options
  readonly saving?: Disposition | undefined
  /** The answer in the shape that this language's clients expect, where it is not the native one. */
  readonly reshape?: ((answer: Answer) => Answer) | undefined
  /** Shown in place of a picture that cannot be made, as /source/path; before that of the source. */
  readonly fallback?: string | undefined
}

/** Reads an address in whichever language it is written. */
export type ReadAddress = (whole: string) => LanguageAddress
