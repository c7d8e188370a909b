// Puts what may stay of a source's metadata into a picture that was made of it.
import type { Facts } from '../facts.ts'
import { outputFormats } from '../formats.ts'
import { copyExif } from '../optimise/exif.ts'
import { app, buildSegment, insertSegments, readSegments } from '../optimise/jpeg/segments.ts'
import { buildChunk, insertChunks } from '../optimise/png/chunks.ts'
import { readSourceExif, restoreExif } from '../optimise/restore-metadata.ts'
import { addExif } from '../optimise/webp/chunks.ts'
import type { Plan } from '../plan/plan.ts'

interface Kept {
  readonly source: Uint8Array
  readonly facts: Facts
  readonly keep: NonNullable<Plan['keep']>
}

interface Picture {
  readonly body: Uint8Array<ArrayBuffer>
  readonly type: string
}

export function withKept<P extends Picture>(made: P, { source, facts, keep }: Kept): P {
  const format = (['jpeg', 'png', 'webp'] as const).find((each) => outputFormats[each].type === made.type)
  if (!format) return made
  const exif = keep.exif ? withExif(made.body, format, { source, facts, keep }) : made.body
  const body = keep.iptc && format === 'jpeg' ? withIptc(exif, source, facts) : exif
  return { ...made, body: new Uint8Array(body) }
}

function withExif(
  body: Uint8Array,
  format: 'jpeg' | 'png' | 'webp',
  { source, facts, keep }: Kept,
): Uint8Array {
  if (keep.exif === 'copyright') return restoreExif(body, format, { source, facts, keep: ['copyright'] })
  const block = readSourceExif(source, facts)
  const exif = block && copyExif(block, keep.exif === 'all')
  if (!exif) return body
  if (format === 'webp') return addExif(body, exif)
  if (format === 'png') return insertChunks(body, [buildChunk('eXIf', exif)])
  return insertSegments(body, [
    buildSegment(app(1), Buffer.concat([Buffer.from('Exif\0\0', 'latin1'), exif])),
  ])
}

/** Photoshop's segments hold the IPTC data of a JPEG. */
function withIptc(body: Uint8Array, source: Uint8Array, { format }: Facts): Uint8Array {
  if (format !== 'jpeg') return body
  const segments = readSegments(source).filter(
    ({ marker, content }) =>
      marker === app(13) && Buffer.from(content.subarray(0, 14)).toString('latin1') === 'Photoshop 3.0\0',
  )
  return insertSegments(
    body,
    segments.map(({ bytes }) => bytes),
  )
}
