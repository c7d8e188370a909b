// The keys of weserv/images. Reference: API version 5. Numbers that cannot be read count as absent, as they do there.
import type { Word } from '../shared/words.ts'
import { otherWords } from './other-words.ts'
import type { WeservAsked } from './readers.ts'
import { sizeWords } from './size-words.ts'

export const weservWords: readonly Word<WeservAsked>[] = [...sizeWords, ...otherWords]

export type { Side, WeservAsked, WeservFit } from './readers.ts'
