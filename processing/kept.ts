// Metadata that outlives an edit: drawing a picture anew loses all of it, so what was asked for is put back in.
import type { Facts } from '../transforms/index.ts'
import { exifToWrite } from '../transforms/optimise/exif.ts'
import { exifSegment } from '../transforms/optimise/jpeg/index.ts'
import { exifOf, segmentsOf, spliced } from '../transforms/optimise/jpeg/segments.ts'
import { chunk, chunksOf, joined } from '../transforms/optimise/png/chunks.ts'
import type { Keep, Optimised } from '../transforms/optimise/request.ts'

/** The body with the entries of the source's EXIF that `keep` names. It is upright by now, so it says no orientation. */
export function withKept(
  { body, format }: Pick<Optimised, 'body' | 'format'>,
  { source, facts, keep }: { source: Uint8Array; facts: Facts; keep: readonly Keep[] },
): Uint8Array {
  const exif = sourceExif(source, facts)
  const wish = { keep, orientation: 1 }
  if (!exif || (format !== 'jpeg' && format !== 'png')) return body
  if (format === 'jpeg') return spliced(body, exifSegment(exif, wish))
  const block = exifToWrite(exif, wish)
  const [header, ...rest] = chunksOf(body)
  return block && header ? joined([header, chunk('eXIf', block), ...rest]) : body
}

function sourceExif(source: Uint8Array, { format }: Facts): Uint8Array | undefined {
  if (format === 'jpeg') return exifOf(segmentsOf(source))
  return format === 'png' ? chunksOf(source).find(({ type }) => type === 'eXIf')?.content : undefined
}
