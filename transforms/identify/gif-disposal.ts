// "Restore to background" as every browser does it: the place becomes transparent, whatever colour the file calls background.
//
// libnsgif, which decodes, clears to transparent only behind a frame that has a transparent colour of its own, and paints
// the file's background colour otherwise. So such frames get a transparent colour that none of their pixels has.
import { controlOf, type Frame, framesOf, identifyGif, opensHole, tableBytes } from './gif.ts'

/** The same bytes where no frame needs it. */
export function withClearing(gif: Uint8Array): Uint8Array {
  const parts: Uint8Array[] = []
  let done = 0
  for (const frame of holed(gif)) {
    const index = controlOf(gif, frame).transparent ? undefined : unusedIndex(gif, frame)
    if (index === undefined) continue
    const start = frame.control ?? frame.descriptor
    parts.push(gif.subarray(done, start), controlWith(index, gif, frame))
    done = frame.control === undefined ? start : start + controlBytes
  }
  return done === 0 ? gif : Buffer.concat([...parts, gif.subarray(done)])
}

/** Frames that something shows through: themselves, where they are the first, or once they are removed. */
function holed(gif: Uint8Array): Set<Frame> {
  const size = identifyGif(gif)
  const found = new Set<Frame>()
  let last: Frame | undefined
  for (const frame of framesOf(gif)) {
    if (opensHole(gif, { last, frame }, size)) found.add(last ?? frame)
    last = frame
  }
  return found
}

const controlBytes = 8

/** A graphic control extension (GIF89a 23): flags, 16 bits of delay, the transparent colour. */
function controlWith(index: number, gif: Uint8Array, { control }: Frame): Uint8Array {
  const [flags = 0, low = 0, high = 0] = control === undefined ? [] : gif.subarray(control + 3, control + 6)
  return Uint8Array.of(0x21, 0xf9, 4, flags | 1, low, high, index, 0)
}

/** Undefined for a frame that has pixels in all of 256 colours. */
function unusedIndex(gif: Uint8Array, { descriptor, end }: Frame): number | undefined {
  const used = usedIndexes(gif, descriptor + 10 + tableBytes(gif[descriptor + 9] ?? 0), end)
  const unused = used.lastIndexOf(0)
  return unused < 0 ? undefined : unused
}

/**
 * One for each index that a pixel may have. A string of LZW begins with a single pixel's code and grows only by pixels that
 * were met before, so the codes of single pixels alone tell all (GIF89a appendix F).
 */
function usedIndexes(gif: Uint8Array, start: number, end: number): Uint8Array {
  const used = new Uint8Array(256)
  const least = Math.min(8, Math.max(1, gif[start] ?? 8))
  const [clear, stop] = [1 << least, (1 << least) + 1]
  let [width, next, bits, held] = [least + 1, stop + 1, 0, 0]
  for (const byte of bytesOf(gif, start + 1, end)) {
    held |= byte << bits
    bits += 8
    while (bits >= width) {
      const code = held & ((1 << width) - 1)
      held >>>= width
      bits -= width
      if (code === stop) return used
      if (code < clear) used[code] = 1
      if (code === clear) [width, next] = [least + 1, stop + 1]
      else if (next++ === 1 << width && width < 12) width++
    }
  }
  return used
}

/** Of the sub-blocks, one after the other. */
function* bytesOf(gif: Uint8Array, start: number, end: number): Generator<number> {
  for (let at = start; at < end; at += 1 + (gif[at] ?? 0))
    for (let i = 1; i <= (gif[at] ?? 0) && at + i < end; i++) yield gif[at + i] ?? 0
}
