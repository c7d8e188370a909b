// The keys of Cloudinary's transformations. Reference: "Transformation rules". What belongs to crop and size is put
// together component by component, see sizing.ts.
import type { Word } from '../shared/words.ts'
import { otherWords } from './other-words.ts'
import type { CloudinaryAsked } from './readers.ts'
import { sizeWords } from './size-words.ts'

export const cloudinaryWords: readonly Word<CloudinaryAsked>[] = [...sizeWords, ...otherWords]

export type { CloudinaryAsked } from './readers.ts'
export { colour, cropModes, gravityWord, greyOf } from './readers.ts'
