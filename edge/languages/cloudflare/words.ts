// The words of Cloudflare's image URLs. Reference: the options of "Transform via URL".
import type { Word } from '../shared/words.ts'
import { effectWords } from './effect-words.ts'
import type { CloudflareAsked } from './readers.ts'
import { sizeWords } from './size-words.ts'

export const cloudflareWords: readonly Word<CloudflareAsked>[] = [...sizeWords, ...effectWords]

export type { CloudflareAsked, Fit, Gravity, Trim } from './readers.ts'
export { turnOf } from './readers.ts'
