// WebP (RFC 9649): a RIFF file holding VP8, VP8L, or VP8X with animation, alpha, profile and EXIF beside the pixels.
import { type Facts, plainFacts } from '../facts.ts'
import { broken, text, u8, u16le, u24le, u32le } from './bytes.ts'
import { orientationOf, withoutMark } from './exif.ts'

const mostChunks = 100_000

export function identifyWebp(bytes: Uint8Array): Facts {
  const base = { ...plainFacts, format: 'webp', bytes: bytes.length } as const
  const kind = text(bytes, 12, 4)
  if (kind === 'VP8 ') return { ...base, ...lossySize(bytes) }
  if (kind === 'VP8L') return { ...base, ...losslessHeader(bytes), lossless: true }
  if (kind === 'VP8X') return { ...base, ...extended(bytes) }
  throw broken('the WebP file has no picture')
}

/** VP8 key frame header, RFC 6386 section 9.1: a start code, then 14 bits each. */
function lossySize(bytes: Uint8Array) {
  if (u24le(bytes, 23) !== 0x2a019d) throw broken('the WebP picture has no start code')
  return { width: u16le(bytes, 26) & 0x3fff, height: u16le(bytes, 28) & 0x3fff }
}

/** RFC 9649 section 3.4: a signature byte, 14 bits of width - 1, 14 of height - 1, one of alpha. */
function losslessHeader(bytes: Uint8Array) {
  if (u8(bytes, 20) !== 0x2f) throw broken('the WebP picture has no signature')
  const bits = u32le(bytes, 21)
  return {
    width: (bits & 0x3fff) + 1,
    height: ((bits >>> 14) & 0x3fff) + 1,
    alpha: ((bits >>> 28) & 1) === 1,
  }
}

/** RFC 9649 section 2.7. */
function extended(bytes: Uint8Array) {
  const flags = u8(bytes, 20)
  const animated = (flags & 0x02) !== 0
  const { frames, orientation, lossless } = walk(bytes)
  return {
    ...(lossless && { lossless }),
    width: u24le(bytes, 24) + 1,
    height: u24le(bytes, 27) + 1,
    // A frame need not cover the canvas, so a moving picture has holes even without the flag.
    alpha: animated || (flags & 0x10) !== 0,
    icc: (flags & 0x20) !== 0,
    pages: animated ? Math.max(1, frames) : 1,
    animated: animated && frames > 1,
    // Sharp turns a WebP by its EXIF; an animation is shown as stored.
    orientation: animated ? 1 : orientation,
  }
}

function walk(bytes: Uint8Array): { frames: number; orientation: number; lossless: boolean } {
  let frames = 0
  let orientation = 1
  const codings = new Set<string>()
  for (const { type, start, end } of webpChunks(bytes, 30)) {
    if (type === 'ANMF') frames++
    if (type === 'ANMF') codings.add(codingOf(bytes, start + 16))
    if (type === 'VP8 ' || type === 'VP8L') codings.add(type)
    if (type === 'EXIF') orientation = orientationOf(withoutMark(bytes.subarray(start, end)))
  }
  return { frames, orientation, lossless: codings.size === 1 && codings.has('VP8L') }
}

/** A frame's pixels stand behind 16 bytes about its place, and behind its transparency where it is lossy (2.7.1.1). */
const codingOf = (bytes: Uint8Array, at: number): string => text(bytes, at, 4)

/** Chunks from `at` on, each padded to an even size (RFC 9649 section 2.3); the last one may be cut short. */
export function* webpChunks(
  bytes: Uint8Array,
  from = 12,
): Generator<{ readonly type: string; readonly start: number; readonly end: number }> {
  let at = from
  for (let n = 0; n < mostChunks && at + 8 <= bytes.length; n++) {
    const start = at + 8
    const length = u32le(bytes, at + 4)
    yield { type: text(bytes, at, 4), start, end: Math.min(start + length, bytes.length) }
    at = start + length + (length & 1)
  }
}
