// When a picture was taken and how densely it is to be printed, as far as its first bytes say so. Pure.
import { has, text, u8, u16be, u16le, u32be, u32le } from '../../transforms/identify/bytes.ts'
import { app, exifOf, segmentsOf } from '../../transforms/optimise/jpeg/segments.ts'

export interface Shot {
  /** As EXIF writes it, in ISO form and without a zone: 2026-11-21T12:00:00. */
  readonly taken: string | null
  /** Across and down. */
  readonly dpi: readonly [number, number] | null
}

const none: Shot = { taken: null, dpi: null }
const cmPerInch = 2.54

/** JPEG and PNG only. Anything odd means that it does not say. */
export function shotOf(head: Uint8Array): Shot {
  try {
    if (has(head, 0, '\xff\xd8')) return ofJpeg(head)
    if (has(head, 0, '\x89PNG')) return { taken: null, dpi: dpiOfPng(head) }
  } catch {
    // offsets outside the block
  }
  return none
}

function ofJpeg(head: Uint8Array): Shot {
  const segments = segmentsOf(head)
  const tiff = exifOf(segments)
  const exif = tiff && quietly(() => ofTiff(tiff))
  const jfif = segments.find(({ marker, content }) => marker === app(0) && has(content, 0, 'JFIF\0'))
  return { taken: exif?.taken ?? null, dpi: exif?.dpi ?? (jfif ? dpiOfJfif(jfif.content) : null) }
}

function quietly(read: () => Shot): Shot {
  try {
    return read()
  } catch {
    return none
  }
}

/** JFIF 1.02: units 1 are dots per inch, 2 per centimetre, 0 only a ratio. */
function dpiOfJfif(content: Uint8Array): Shot['dpi'] {
  const unit = u8(content, 7)
  return densityOf([u16be(content, 8), u16be(content, 10)], unit === 1 ? 1 : unit === 2 ? cmPerInch : 0)
}

/** PNG 11.3.4.3, pHYs: pixels per metre, where the unit is 1. */
function dpiOfPng(head: Uint8Array): Shot['dpi'] {
  for (let at = 8; at + 12 <= head.length; ) {
    const type = text(head, at + 4, 4)
    if (type === 'IDAT') return null
    if (type === 'pHYs' && u8(head, at + 16) === 1)
      return densityOf([u32be(head, at + 8), u32be(head, at + 12)], cmPerInch / 100)
    at += 12 + u32be(head, at)
  }
  return null
}

function densityOf([x, y]: readonly [number, number], factor: number): Shot['dpi'] {
  const dpi = [Math.round(x * factor), Math.round(y * factor)] as const
  return dpi[0] > 0 && dpi[1] > 0 ? dpi : null
}

const tags = { xResolution: 0x011a, yResolution: 0x011b, unit: 0x0128, exif: 0x8769, taken: 0x9003 }

/** TIFF 6.0 section 2 and EXIF 3.0 4.6.5. */
function ofTiff(tiff: Uint8Array): Shot {
  const little = has(tiff, 0, 'II')
  const [u16, u32] = little ? [u16le, u32le] : [u16be, u32be]
  const entriesAt = (directory: number) => {
    const places = new Map<number, number>()
    const count = Math.min(u16(tiff, directory), 500)
    for (let i = 0; i < count; i++) places.set(u16(tiff, directory + 2 + i * 12), directory + 10 + i * 12)
    return places
  }
  const main = entriesAt(u32(tiff, 4))
  const ratioAt = (place: number | undefined): number => {
    if (place === undefined) return 0
    const at = u32(tiff, place)
    return u32(tiff, at) / (u32(tiff, at + 4) || Number.POSITIVE_INFINITY)
  }
  const unitAt = main.get(tags.unit)
  const unit = unitAt === undefined ? 2 : u16(tiff, unitAt)
  const factor = unit === 2 ? 1 : unit === 3 ? cmPerInch : 0
  const dpi = densityOf([ratioAt(main.get(tags.xResolution)), ratioAt(main.get(tags.yResolution))], factor)
  const below = main.get(tags.exif)
  const takenAt = below === undefined ? undefined : entriesAt(u32(tiff, below)).get(tags.taken)
  return { dpi, taken: takenAt === undefined ? null : isoOf(text(tiff, u32(tiff, takenAt), 19)) }
}

/** "2026:11:21 12:00:00", or spaces and zeros where it is not known. */
function isoOf(written: string): string | null {
  const [, date = '', time] = /^([1-9]\d{3}:\d\d:\d\d) (\d\d:\d\d:\d\d)$/.exec(written) ?? []
  const iso = `${date.replaceAll(':', '-')}T${time}`
  return Number.isNaN(Date.parse(iso)) ? null : iso
}
