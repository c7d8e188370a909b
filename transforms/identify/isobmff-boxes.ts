// The boxes of a file in ISO's base format (ISO/IEC 14496-12 4.2), as AVIF and HEIC are written.
import { text, u32be } from './bytes.ts'

export interface Box {
  readonly type: string
  /** Of the content, after the header. */
  readonly start: number
  readonly end: number
}

export const mostBoxes = 10_000

export function child(bytes: Uint8Array, parent: Box, type: string): Box | undefined {
  for (const box of boxes(bytes, parent)) if (box.type === type) return box
  return undefined
}

/** Size 1 means a 64-bit size follows, 0 that the box goes on to the end (ISO/IEC 14496-12 4.2). */
export function* boxes(bytes: Uint8Array, parent: Box): Generator<Box> {
  let at = parent.start
  for (let n = 0; n < mostBoxes && at + 8 <= parent.end; n++) {
    const size = u32be(bytes, at)
    const large = size === 1
    const length = large ? u32be(bytes, at + 8) * 2 ** 32 + u32be(bytes, at + 12) : size || parent.end - at
    if (length < 8) return
    yield {
      type: text(bytes, at + 4, 4),
      start: at + (large ? 16 : 8),
      end: Math.min(at + length, parent.end),
    }
    at += length
  }
}

export const boxesOf = (bytes: Uint8Array, parent: Box): readonly Box[] => [...boxes(bytes, parent)]
