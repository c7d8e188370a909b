// What AV1's own sequence header says of colours (AV1 5.5): it counts where an AVIF's boxes say nothing.

export interface Av1Colour {
  readonly primaries: number
  readonly transfer: number
  readonly fullRange: boolean
}

const sequenceHeader = 1
const temporalDelimiter = 2

/** Undefined where the header does not come first, or has parts that stills do not have. */
export function colourOfAv1(obus: Uint8Array): Av1Colour | undefined {
  for (let at = 0; at < obus.length; ) {
    const head = obus[at] ?? 0
    const type = (head >> 3) & 15
    const hasSize = (head & 2) !== 0
    let start = at + (head & 4 ? 2 : 1)
    let size = hasSize ? 0 : obus.length - start
    // leb128 (AV1 4.10.5); more than four bytes would be more than any header.
    for (let i = 0; hasSize && i < 4; i++) {
      const byte = obus[start++] ?? 0
      size |= (byte & 127) << (i * 7)
      if (byte < 128) break
    }
    if (type === sequenceHeader) return colourOf(bitsOf(obus.subarray(start, start + size)))
    if (type !== temporalDelimiter) return undefined
    at = start + size
  }
  return undefined
}

/** The next `count` bits as a number; zeros behind the end. */
type Bits = (count: number) => number

function bitsOf(bytes: Uint8Array): Bits {
  let at = 0
  return (count) => {
    let value = 0
    for (let i = 0; i < count; i++, at++) value = value * 2 + (((bytes[at >> 3] ?? 0) >> (7 - (at & 7))) & 1)
    return value
  }
}

function colourOf(bits: Bits): Av1Colour | undefined {
  const profile = bits(3)
  bits(1) // still_picture
  const isReduced = bits(1) === 1
  if (isReduced) bits(5)
  else if (!skipOperatingPoints(bits)) return undefined
  const [widthBits, heightBits] = [bits(4) + 1, bits(4) + 1]
  bits(widthBits)
  bits(heightBits)
  if (!isReduced && bits(1)) bits(7) // frame_id_numbers
  bits(3) // superblocks, filter_intra, intra_edge_filter
  if (!isReduced) skipInterTools(bits)
  bits(3) // superres, cdef, restoration
  return colourConfig(bits, profile)
}

/** False where timing follows: a film's. */
function skipOperatingPoints(bits: Bits): boolean {
  if (bits(1)) return false
  const hasDelays = bits(1) === 1
  const count = bits(5) + 1
  for (let i = 0; i < count; i++) {
    bits(12)
    if (bits(5) > 7) bits(1)
    if (hasDelays && bits(1)) bits(4)
  }
  return true
}

function skipInterTools(bits: Bits): void {
  bits(4)
  const hasOrder = bits(1) === 1
  if (hasOrder) bits(2)
  const forcesTools = bits(1) === 1 ? 2 : bits(1)
  if (forcesTools > 0 && bits(1) === 0) bits(1)
  if (hasOrder) bits(3)
}

/** 5.5.2. */
function colourConfig(bits: Bits, profile: number): Av1Colour {
  const isDeep = bits(1) === 1
  if (profile === 2 && isDeep) bits(1)
  const isGrey = profile !== 1 && bits(1) === 1
  const isDescribed = bits(1) === 1
  const [primaries, transfer, matrix] = isDescribed ? [bits(8), bits(8), bits(8)] : [2, 2, 2]
  const isRgb = !isGrey && primaries === 1 && transfer === 13 && matrix === 0
  return { primaries, transfer, fullRange: isRgb || bits(1) === 1 }
}
