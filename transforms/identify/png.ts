// PNG (W3C PNG, third edition): size and colour from IHDR; transparency, profile, animation and EXIF from later chunks.
import type { Coding, Facts } from '../facts.ts'
import { broken, has, text, u8, u32be } from './bytes.ts'
import { orientationOf } from './exif.ts'
import { codingOfPng } from './png-colour.ts'

const colourTypes = { 0: 'gray', 2: 'rgb', 3: 'palette', 4: 'gray', 6: 'rgb' } as const
/** A picture has a dozen kinds of chunk and perhaps thousands of IDATs; beyond this somebody is playing. */
const mostChunks = 20_000

export function identifyPng(bytes: Uint8Array): Facts {
  if (!has(bytes, 12, 'IHDR')) throw broken('the PNG does not begin with its header')
  const colourType = u8(bytes, 25)
  const chunks = readChunks(bytes)
  return {
    format: 'png',
    width: u32be(bytes, 16),
    height: u32be(bytes, 20),
    orientation: chunks.orientation,
    // libpng reads the first frame only; the others are read by render/animation/.
    pages: chunks.frames,
    animated: chunks.frames > 1,
    alpha: colourType === 4 || colourType === 6 || chunks.transparency,
    progressive: u8(bytes, 28) === 1,
    icc: chunks.icc,
    ...(chunks.colour && { colour: chunks.colour }),
    space: colourTypes[colourType as 0 | 2 | 3 | 4 | 6] ?? 'rgb',
    depth: u8(bytes, 24),
    scans: 1,
    bytes: bytes.length,
  }
}

interface Chunks {
  orientation: number
  transparency: boolean
  icc: boolean
  frames: number
  colour?: Coding | undefined
}

function readChunks(bytes: Uint8Array): Chunks {
  const found: Chunks = { orientation: 1, transparency: false, icc: false, frames: 1 }
  const spoken = new Map<string, Uint8Array>()
  let at = 33 // after the signature and IHDR
  for (let n = 0; n < mostChunks && at + 8 <= bytes.length; n++) {
    const length = u32be(bytes, at)
    const type = text(bytes, at + 4, 4)
    if (type === 'tRNS') found.transparency = true
    if (type === 'iCCP') found.icc = true
    if (coloured.has(type)) spoken.set(type, bytes.subarray(at + 8, Math.min(at + 8 + length, bytes.length)))
    if (type === 'acTL' && at + 12 <= bytes.length) found.frames = Math.max(1, u32be(bytes, at + 8))
    // eXIf may follow the pixels (PNG 11.3.3.7), so the walk goes on past IDAT.
    if (type === 'eXIf') found.orientation = orientationOf(bytes.subarray(at + 8, at + 8 + length))
    if (type === 'IEND') break
    at += 12 + length
  }
  found.colour = codingOfPng(spoken, found.icc)
  return found
}

/** Chunks that say what the samples mean, beside a profile. */
const coloured: ReadonlySet<string> = new Set(['cICP', 'sRGB', 'gAMA', 'cHRM'])
