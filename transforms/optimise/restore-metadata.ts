// What was asked to stay, put into a picture that was coded anew: entries of the source's EXIF, and a profile of sRGB.
import type { Facts } from '../facts.ts'
import { withoutMark } from '../identify/exif.ts'
import { exifToWrite } from './exif.ts'
import { classOf } from './icc.ts'
import { exifSegment } from './jpeg/index.ts'
import { exifOf, iccOf, isIcc, segmentsOf, spliced } from './jpeg/segments.ts'
import type { LossyFormat } from './lossy/index.ts'
import { chunk, chunksOf, withChunks } from './png/chunks.ts'
import type { Keep, OptimisedFormat } from './request.ts'
import { exifInWebp, withExif } from './webp/chunks.ts'

interface Source {
  readonly source: Uint8Array
  readonly facts: Facts
  readonly keep: readonly Keep[]
}

/** With all that can stay of the same pixels. */
export function dressed(body: Uint8Array, format: LossyFormat, from: Source): Uint8Array {
  const { source, facts, keep } = from
  const hasProfile = format === 'jpeg' && facts.format === 'jpeg' && keep.includes('profile')
  return withKeptExif(hasProfile ? spliced(body, profileFor(body, source, facts)) : body, format, from)
}

/** The picture is upright by now, so its EXIF has no orientation. An AVIF gets none. */
export function withKeptExif(
  body: Uint8Array,
  format: OptimisedFormat,
  { source, facts, keep }: Source,
): Uint8Array {
  const exif = sourceExif(source, facts)
  const wish = { keep, orientation: 1 }
  if (format === 'jpeg') return spliced(body, exifSegment(exif, wish))
  const block = exifToWrite(exif, wish)
  if (!block) return body
  if (format === 'webp') return withExif(body, block)
  return format === 'png' ? withChunks(body, [chunk('eXIf', block)]) : body
}

function sourceExif(source: Uint8Array, { format }: Facts): Uint8Array | undefined {
  if (format === 'jpeg') return exifOf(segmentsOf(source))
  if (format === 'png') return chunksOf(source).find(({ type }) => type === 'eXIf')?.content
  const exif = format === 'webp' ? exifInWebp(source) : undefined
  return exif && withoutMark(exif)
}

/** A wide profile is there already, and one of other than three colours would not fit what was made of them. */
function profileFor(body: Uint8Array, source: Uint8Array, facts: Facts): Uint8Array[] {
  const profile = facts.space === 'rgb' ? iccOf(segmentsOf(source)) : undefined
  if (!profile || classOf(profile) !== 'srgb' || segmentsOf(body).some(isIcc)) return []
  return segmentsOf(source)
    .filter(isIcc)
    .map(({ bytes }) => bytes)
}
