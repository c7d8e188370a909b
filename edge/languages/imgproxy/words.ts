// The processing options of imgproxy, Pro's included. Reference: imgproxy 3 and 4, "Processing an image".
import type { Word } from '../shared/words.ts'
import { effectWords } from './effect-words.ts'
import { encoderWords } from './encoder-words.ts'
import { outputWords } from './output-words.ts'
import type { ImgproxyAsked } from './readers.ts'
import { sizeWords } from './size-words.ts'
import { watermarkWords } from './watermark.ts'

export const imgproxyWords: readonly Word<ImgproxyAsked>[] = [
  ...sizeWords,
  ...effectWords,
  ...watermarkWords,
  ...outputWords,
  ...encoderWords,
]

export type { ImgproxyAsked, ResizingType } from './readers.ts'
export { formats } from './readers.ts'
