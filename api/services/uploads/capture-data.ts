// When a picture was taken, and its print density, from its EXIF, JFIF or pHYs. Pure.
import { has, text, u8, u16be, u32be } from '../../../transforms/identify/bytes.ts'
import { entryOf } from '../../../transforms/identify/directories.ts'
import { readExif } from '../../../transforms/identify/exif.ts'
import { app, findExif, readSegments } from '../../../transforms/optimise/jpeg/segments.ts'

export interface CaptureData {
  /** As EXIF writes it, in ISO form and without a zone: 2026-11-21T12:00:00. */
  readonly taken: string | null
  /** Across and down. */
  readonly dpi: readonly [number, number] | null
}

const none: CaptureData = { taken: null, dpi: null }
const cmPerInch = 2.54

/** JPEG and PNG only. Anything odd means that it does not say. */
export function readCaptureData(head: Uint8Array): CaptureData {
  try {
    if (has(head, 0, '\xff\xd8')) return ofJpeg(head)
    if (has(head, 0, '\x89PNG')) return { taken: null, dpi: dpiOfPng(head) }
  } catch {
    // offsets outside the block
  }
  return none
}

function ofJpeg(head: Uint8Array): CaptureData {
  const segments = readSegments(head)
  const tiff = findExif(segments)
  const exif = tiff && ofExif(tiff)
  const jfif = segments.find(({ marker, content }) => marker === app(0) && has(content, 0, 'JFIF\0'))
  return { taken: exif?.taken ?? null, dpi: exif?.dpi ?? (jfif ? dpiOfJfif(jfif.content) : null) }
}

/** JFIF 1.02: units 1 are dots per inch, 2 per centimetre, 0 only a ratio. */
function dpiOfJfif(content: Uint8Array): CaptureData['dpi'] {
  const unit = u8(content, 7)
  return densityOf([u16be(content, 8), u16be(content, 10)], unit === 1 ? 1 : unit === 2 ? cmPerInch : 0)
}

/** PNG 11.3.4.3, pHYs: pixels per metre, where the unit is 1. */
function dpiOfPng(head: Uint8Array): CaptureData['dpi'] {
  for (let at = 8; at + 12 <= head.length; ) {
    const type = text(head, at + 4, 4)
    if (type === 'IDAT') return null
    if (type === 'pHYs' && u8(head, at + 16) === 1)
      return densityOf([u32be(head, at + 8), u32be(head, at + 12)], cmPerInch / 100)
    at += 12 + u32be(head, at)
  }
  return null
}

function densityOf([x, y]: readonly [number, number], factor: number): CaptureData['dpi'] {
  const dpi = [Math.round(x * factor), Math.round(y * factor)] as const
  return dpi[0] > 0 && dpi[1] > 0 ? dpi : null
}

const tags = { xResolution: 0x011a, yResolution: 0x011b, unit: 0x0128, taken: 0x9003 }

/** ResolutionUnit (EXIF 3.0 4.6.4): 2 are inches, also where none is said, and 3 centimetres. */
function ofExif(tiff: Uint8Array): CaptureData {
  const found = readExif(tiff)
  if (!found) return none
  const { block, main, exif } = found
  const field = (tag: number) => block.numberOf(entryOf(main, tag))
  const unit = field(tags.unit) ?? 2
  const factor = unit === 2 ? 1 : unit === 3 ? cmPerInch : 0
  const dpi = densityOf([field(tags.xResolution) ?? 0, field(tags.yResolution) ?? 0], factor)
  const taken = entryOf(exif, tags.taken)
  return { dpi, taken: taken ? isoOf(text(taken.value, 0, 19)) : null }
}

/** "2026:11:21 12:00:00", or spaces and zeros where it is not known. */
function isoOf(written: string): string | null {
  const [, date = '', time] = /^([1-9]\d{3}:\d\d:\d\d) (\d\d:\d\d:\d\d)$/.exec(written) ?? []
  const iso = `${date.replaceAll(':', '-')}T${time}`
  return Number.isNaN(Date.parse(iso)) ? null : iso
}
