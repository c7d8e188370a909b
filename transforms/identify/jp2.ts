// JPEG 2000 (ISO/IEC 15444-1): size and depth from the codestream's SIZ segment (A.5.1), colour from the boxes around it.
import { type Facts, plainFacts } from '../facts.ts'
import { broken, has, u8, u16be, u32be } from './bytes.ts'
import { type Box, boxesOf, child } from './isobmff-boxes.ts'

/** Start of codestream, and the segment that must follow it. */
export const jp2Codestream = '\xff\x4f\xff\x51'

const mostComponents = 16

export function identifyJp2(bytes: Uint8Array): Facts {
  const file: Box = { type: 'file', start: 0, end: bytes.length }
  const at = has(bytes, 0, jp2Codestream) ? 0 : (child(bytes, file, 'jp2c')?.start ?? -1)
  if (at < 0 || !has(bytes, at, jp2Codestream)) throw broken('it has no picture in it')
  const header = child(bytes, file, 'jp2h')
  const components = u16be(bytes, at + 40)
  if (components < 1 || components > mostComponents) throw broken('it has too many channels')
  const [across, down] = [u8(bytes, at + 43), u8(bytes, at + 44)]
  if (across === 0 || down === 0) throw broken('its channels have no size')
  const side = (end: number, start: number, step: number): number =>
    Math.ceil(u32be(bytes, end) / step) - Math.ceil(u32be(bytes, start) / step)
  return {
    // A profile is carried out by the decoder: none is left.
    ...plainFacts,
    format: 'jp2',
    width: side(at + 8, at + 16, across),
    height: side(at + 12, at + 20, down),
    alpha: components === 2 || components === 4 || hasOpacity(bytes, header),
    space: components < 3 ? 'gray' : 'rgb',
    depth: Math.min(16, (u8(bytes, at + 42) & 0x7f) + 1),
    bytes: bytes.length,
  }
}

/** A channel that is told to be opacity (I.5.3.6). */
function hasOpacity(bytes: Uint8Array, header: Box | undefined): boolean {
  const box = header && boxesOf(bytes, header).find(({ type }) => type === 'cdef')
  if (!box) return false
  const count = Math.min(u16be(bytes, box.start), mostComponents)
  return Array.from({ length: count }, (_, n) => u16be(bytes, box.start + 4 + n * 6)).some(
    (type) => type === 1 || type === 2,
  )
}
