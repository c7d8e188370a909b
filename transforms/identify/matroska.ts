// WebM and Matroska (RFC 9559) as a source of one picture: size and length from the head of the segment.
import type { Facts } from '../facts.ts'
import { broken, has, u8 } from './bytes.ts'
import { filmFacts } from './film.ts'

export const matroskaMark = '\x1a\x45\xdf\xa3'

const ids = {
  ...{ segment: 0x18538067, info: 0x1549a966, tracks: 0x1654ae6b, track: 0xae, cluster: 0x1f43b675 },
  ...{ video: 0xe0, width: 0xb0, height: 0xba, scale: 0x2ad7b1, duration: 0x4489 },
} as const
/** Elements that hold others that are looked for. */
const parents: ReadonlySet<number> = new Set([ids.segment, ids.info, ids.tracks, ids.track, ids.video])
const mostElements = 10_000

export const isMatroska = (bytes: Uint8Array): boolean => has(bytes, 0, matroskaMark)

export function identifyMatroska(bytes: Uint8Array): Facts {
  const found = new Map<number, number>()
  for (const { id, start, end } of elements(bytes)) {
    if (id === ids.cluster) break
    // The first track of pictures counts.
    if (found.has(id)) continue
    if (id === ids.duration) found.set(id, floatAt(bytes, start, end))
    else if (id === ids.width || id === ids.height || id === ids.scale)
      found.set(id, numberAt(bytes, start, end))
  }
  const [width = 0, height = 0] = [found.get(ids.width), found.get(ids.height)]
  if (!width || !height) throw broken('the film does not say how large it is')
  const seconds = ((found.get(ids.duration) ?? 0) * (found.get(ids.scale) ?? 1e6)) / 1e9
  return filmFacts(bytes, { format: 'webm', width, height, seconds: seconds > 0 ? seconds : undefined })
}

/** All elements up to the pictures, those inside others behind those that hold them. */
function* elements(bytes: Uint8Array): Generator<{ id: number; start: number; end: number }> {
  let at = 0
  for (let n = 0; n < mostElements && at < bytes.length; n++) {
    const id = variable(bytes, at, true)
    const size = variable(bytes, at + id.length, false)
    const start = at + id.length + size.length
    yield { id: id.value, start, end: Math.min(bytes.length, start + size.value) }
    at = parents.has(id.value) ? start : start + size.value
  }
}

/** A number whose first byte says how long it is (RFC 8794 4); of an identifier that bit belongs to it. */
function variable(bytes: Uint8Array, at: number, withMark: boolean): { value: number; length: number } {
  const first = u8(bytes, at)
  const length = Math.clz32(first) - 23
  if (length > 8) throw broken('an element of the film has no length')
  let value = withMark ? first : first & (0xff >> length)
  for (let n = 1; n < length; n++) value = value * 256 + u8(bytes, at + n)
  return { value, length }
}

function numberAt(bytes: Uint8Array, start: number, end: number): number {
  let value = 0
  for (let at = start; at < Math.min(end, start + 8); at++) value = value * 256 + u8(bytes, at)
  return value
}

function floatAt(bytes: Uint8Array, start: number, end: number): number {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const value = end - start === 8 ? view.getFloat64(start) : end - start === 4 ? view.getFloat32(start) : 0
  return Number.isFinite(value) ? value : 0
}
