// Who is told of the words in an address: a request stops at the first that is refused, a migration wants them all.
import type { Failure } from '../../../errors.ts'

/** What a reader tells of one word of a language. */
export interface NotedWord {
  readonly name: string
  /** What is not as in the language's own service, in one sentence. */
  readonly differs?: string | undefined
}

export interface Notes {
  used(word: NotedWord): void
  refused(failure: Failure): void
}

/** Stops at the first word that cannot be done. */
export const strict: Notes = {
  used: () => {},
  refused(failure) {
    throw failure
  },
}
