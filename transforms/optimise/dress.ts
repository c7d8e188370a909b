// What was asked to stay, put into a picture that was coded anew: entries of the source's EXIF, and a profile of sRGB.
import type { Facts } from '../facts.ts'
import { withoutMark } from '../identify/exif.ts'
import { exifToWrite } from './exif.ts'
import { classOf } from './icc.ts'
import { exifSegment } from './jpeg/index.ts'
import { exifOf, iccOf, isIcc, segmentsOf, spliced } from './jpeg/segments.ts'
import type { LossyFormat } from './lossy/index.ts'
import { chunksOf } from './png/chunks.ts'
import type { Keep } from './request.ts'
import { exifInWebp, withExif } from './webp.ts'

interface Source {
  readonly source: Uint8Array
  readonly facts: Facts
  readonly keep: readonly Keep[]
}

/** The picture is upright by now, so its EXIF has no orientation. An AVIF gets none. */
export function dressed(body: Uint8Array, format: LossyFormat, { source, facts, keep }: Source): Uint8Array {
  const wish = { keep, orientation: 1 }
  const exif = sourceExif(source, facts)
  if (format === 'jpeg') {
    const profile = keep.includes('profile') && facts.format === 'jpeg' ? profileFor(body, source, facts) : []
    return spliced(body, [...exifSegment(exif, wish), ...profile])
  }
  const kept = format === 'webp' ? exifToWrite(exif, wish) : undefined
  return kept ? withExif(body, kept) : body
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
