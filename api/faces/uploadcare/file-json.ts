// A file as JSON, as Uploadcare's REST API and Upload API write it. Pure.
import type { FileRecord, JsonObject } from '../../../records/index.ts'
import type { Identification } from '../../../transforms/optimise/identification.ts'
import type { CaptureData } from '../../services/uploads/capture-data.ts'
import type { PublicBases } from '../../services/uploads/file-event.ts'

type PictureFacts = Identification & CaptureData

const factsOf = ({ facts }: FileRecord): PictureFacts | null => facts as unknown as PictureFacts | null

/** REST API 0.7. */
export function restFile(file: FileRecord, bases: PublicBases): JsonObject {
  const isHere = file.state === 'ready'
  const address = `${bases.pictures}/${file.id}/`
  return {
    uuid: file.id,
    url: `${bases.api}/files/${file.id}/`,
    original_file_url: isHere ? `${address}${safeFilename(file.name)}` : null,
    original_filename: file.name,
    size: file.bytes,
    mime_type: file.type,
    is_image: factsOf(file) !== null,
    is_ready: isHere,
    datetime_uploaded: isoOf(file.created),
    datetime_stored: isoOf(file.stored),
    datetime_removed: isoOf(file.removed),
    content_info: contentInfo(file),
    metadata: file.metadata,
    tags: file.tags,
    variations: null,
  }
}

/** Upload API. */
export function fileInfo(file: FileRecord): JsonObject {
  return {
    uuid: file.id,
    file_id: file.id,
    size: file.bytes,
    total: file.bytes,
    done: file.bytes,
    is_ready: true,
    is_stored: file.stored !== null,
    is_image: factsOf(file) !== null,
    original_filename: file.name,
    filename: safeFilename(file.name),
    mime_type: file.type,
    image_info: imageInfo(factsOf(file)),
    video_info: null,
    content_info: contentInfo(file),
    metadata: file.metadata,
    tags: file.tags,
    // A name here would make the client build an address at Amazon.
    s3_bucket: null,
    default_effects: '',
  }
}

function contentInfo(file: FileRecord): JsonObject {
  const [type = '', subtype = ''] = file.type.split('/')
  const image = imageInfo(factsOf(file))
  return { mime: { mime: file.type, type, subtype }, ...(image ? { image } : {}) }
}

function imageInfo(facts: PictureFacts | null): JsonObject | null {
  if (!facts) return null
  return {
    color_mode: colourMode(facts),
    orientation: facts.exif || facts.orientation !== 1 ? facts.orientation : null,
    format: facts.format.toUpperCase(),
    width: facts.width,
    height: facts.height,
    // Where somebody was when the picture was taken is nobody's business who only has its id.
    geo_location: null,
    datetime_original: facts.taken ?? null,
    dpi: facts.dpi ?? null,
    sequence: facts.animated,
  }
}

function colourMode({ space, alpha }: PictureFacts): string {
  if (space === 'cmyk') return 'CMYK'
  if (space === 'palette') return 'P'
  if (space === 'gray') return alpha ? 'LA' : 'L'
  return alpha ? 'RGBA' : 'RGB'
}

/** As Uploadcare does it: what is not of these characters becomes an underscore. */
export const safeFilename = (name: string): string => name.replaceAll(/[^a-zA-Z0-9._-]/g, '_')

export const isoOf = (time: number | null): string | null =>
  time === null ? null : new Date(time).toISOString()
