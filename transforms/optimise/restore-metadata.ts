// Restores the metadata that was asked to stay in a picture that was encoded anew: entries of the source's EXIF, and its
// sRGB profile.
import type { Facts } from '../facts.ts'
import { withoutMark } from '../identify/exif.ts'
import { buildExif } from './exif.ts'
import { classifyIcc } from './icc.ts'
import { buildExifSegments } from './jpeg/index.ts'
import { findExif, insertSegments, isIcc, readIcc, readSegments } from './jpeg/segments.ts'
import type { LossyFormat } from './lossy/index.ts'
import { buildChunk, insertChunks, readChunks } from './png/chunks.ts'
import type { Keep, OptimisedFormat } from './request.ts'
import { addExif, readExif } from './webp/chunks.ts'

interface MetadataSource {
  readonly source: Uint8Array
  readonly facts: Facts
  readonly keep: readonly Keep[]
}

/** Restores EXIF, and a JPEG's sRGB profile where the profile was asked to stay. */
export function restoreMetadata(body: Uint8Array, format: LossyFormat, from: MetadataSource): Uint8Array {
  const { source, facts, keep } = from
  const hasProfile = format === 'jpeg' && facts.format === 'jpeg' && keep.includes('profile')
  return restoreExif(hasProfile ? insertSegments(body, pickProfile(body, source, facts)) : body, format, from)
}

/** The picture is upright by now, so its EXIF gets no orientation. An AVIF gets no EXIF. */
export function restoreExif(
  body: Uint8Array,
  format: OptimisedFormat,
  { source, facts, keep }: MetadataSource,
): Uint8Array {
  const exif = readSourceExif(source, facts)
  const wish = { keep, orientation: 1 }
  if (format === 'jpeg') return insertSegments(body, buildExifSegments(exif, wish))
  const block = buildExif(exif, wish)
  if (!block) return body
  if (format === 'webp') return addExif(body, block)
  return format === 'png' ? insertChunks(body, [buildChunk('eXIf', block)]) : body
}

/** The TIFF block of a JPEG, a PNG or a WebP. */
export function readSourceExif(source: Uint8Array, { format }: Facts): Uint8Array | undefined {
  if (format === 'jpeg') return findExif(readSegments(source))
  if (format === 'png') return readChunks(source).find(({ type }) => type === 'eXIf')?.content
  const exif = format === 'webp' ? readExif(source) : undefined
  return exif && withoutMark(exif)
}

/** Only an sRGB profile: a wide one is in the file already, and a grey or CMYK one would not fit the new pixels. */
function pickProfile(body: Uint8Array, source: Uint8Array, facts: Facts): Uint8Array[] {
  const profile = facts.space === 'rgb' ? readIcc(readSegments(source)) : undefined
  if (!profile || classifyIcc(profile) !== 'srgb' || readSegments(body).some(isIcc)) return []
  return readSegments(source)
    .filter(isIcc)
    .map(({ bytes }) => bytes)
}
