// The modifiers of IPX. Reference: IPX 3 and 4, src/handlers.
import type { Word } from '../shared/words.ts'
import { effectWords } from './effect-words.ts'
import type { IpxAsked } from './readers.ts'
import { sizeWords } from './size-words.ts'

export const ipxWords: readonly Word<IpxAsked>[] = [...sizeWords, ...effectWords]

export type { IpxAsked, IpxFit } from './readers.ts'
