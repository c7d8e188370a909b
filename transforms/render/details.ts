// All that can be told of a source as one JSON document: its header, its profile, what EXIF and IPTC say of it, and what
// its pixels look like. The place where it was taken is told nowhere.
import { createHash } from 'node:crypto'
import { type Facts, sourceTypes, upright } from '../facts.ts'
import { type Directory, entryOf } from '../identify/directories.ts'
import { readExif } from '../identify/exif.ts'
import { identifyInDetail } from '../optimise/identification.ts'
import { app, readSegments } from '../optimise/jpeg/segments.ts'
import { readSourceExif } from '../optimise/restore-metadata.ts'

export function detailsOf(source: Uint8Array, facts: Facts): Record<string, unknown> {
  const {
    format,
    width,
    height,
    scans: _,
    colour: __,
    exact: ___,
    content: ____,
    faces: ______,
    icc: _____,
    ...rest
  } = facts
  const { icc, sampling, sourceQuality } = identifyInDetail(source)
  const text = Buffer.from(source.buffer, source.byteOffset, source.byteLength)
  return {
    format,
    type: sourceTypes[format],
    ...upright(facts),
    stored: { width, height },
    ...rest,
    icc,
    chroma: sampling,
    quality: sourceQuality,
    exif: exifOf(source, facts),
    iptc: format === 'jpeg' ? iptcOf(source) : null,
    xmp: text.includes('http://ns.adobe.com/xap/1.0/') || text.includes('<x:xmpmeta'),
    sha256: createHash('sha256').update(source).digest('hex'),
  }
}

/** Names and tags of EXIF 3.0 section 4.6, in the first directory and in that of the moment. */
const main = {
  description: 0x010e,
  make: 0x010f,
  model: 0x0110,
  software: 0x0131,
  modified: 0x0132,
  artist: 0x013b,
  copyright: 0x8298,
} as const
const moment = {
  taken: 0x9003,
  exposure: 0x829a,
  aperture: 0x829d,
  iso: 0x8827,
  focalLength: 0x920a,
  focalLength35mm: 0xa405,
  lens: 0xa434,
} as const

const mostText = 1000

function exifOf(source: Uint8Array, facts: Facts): Record<string, string | number> | null {
  const tiff = readSourceExif(source, facts)
  const exif = tiff && readExif(tiff)
  if (!exif) return null
  const found: Record<string, string | number> = {}
  const look = (directory: Directory | undefined, tags: Readonly<Record<string, number>>): void => {
    for (const [name, tag] of Object.entries(tags)) {
      const entry = entryOf(directory, tag)
      if (!entry) continue
      // ASCII ends with a zero; some cameras write UTF-8 there.
      const value = entry.type === 2 ? textOf(entry.value) : exif.block.numberOf(entry)
      if (value !== undefined && value !== '') found[name] = value
    }
  }
  look(exif.main, main)
  look(exif.exif, moment)
  return found
}

const textOf = (bytes: Uint8Array): string =>
  Buffer.from(bytes.subarray(0, mostText))
    .toString()
    .replace(/\0.*/s, '')
    .replace(/\p{Cc}/gu, ' ')
    .trim()

/** Datasets of record 2 (IPTC-IIM 4.2 chapter 6). */
const datasets: Readonly<Record<number, string>> = {
  5: 'title',
  25: 'keywords',
  80: 'byline',
  105: 'headline',
  110: 'credit',
  115: 'source',
  116: 'copyright',
  120: 'caption',
}
const mostValues = 100

function iptcOf(jpeg: Uint8Array): Record<string, string | string[]> | null {
  const segment = readSegments(jpeg).find(
    ({ marker, content }) =>
      marker === app(13) && Buffer.from(content.subarray(0, 13)).toString('latin1') === 'Photoshop 3.0',
  )
  if (!segment) return null
  const found: Record<string, string | string[]> = {}
  const keywords: string[] = []
  const { content } = segment
  let values = 0
  for (let at = content.indexOf(0x1c); at >= 0 && values < mostValues; at = content.indexOf(0x1c, at)) {
    const length = ((content[at + 3] ?? 0) << 8) | (content[at + 4] ?? 0)
    const name = content[at + 1] === 2 ? datasets[content[at + 2] ?? 0] : undefined
    const isInside = length < 0x8000 && at + 5 + length <= content.length
    if (name && isInside) {
      const value = textOf(content.subarray(at + 5, at + 5 + length))
      if (name === 'keywords') keywords.push(value)
      else found[name] ??= value
      values++
    }
    at += name && isInside ? 5 + length : 1
  }
  return keywords.length > 0 ? { ...found, keywords } : found
}
