// The source's own bytes with nothing but the picture: texts, places and thumbnails go, not a pixel is coded again.
import type { Facts, SourceFormat } from '../facts.ts'
import { stripGif } from '../optimise/gif/blocks.ts'
import { bareAvif } from './avif.ts'
import { bareJpeg } from './jpeg.ts'
import { barePng } from './png.ts'
import { bareWebp } from './webp.ts'

/** `orientation` is what the EXIF is still to say, 1 for nothing: only a JPEG can carry more than that. */
type Strip = (source: Uint8Array, orientation: number) => Uint8Array | undefined

const strips: Partial<Readonly<Record<SourceFormat, Strip>>> = {
  jpeg: bareJpeg,
  png: barePng,
  gif: stripGif,
  webp: bareWebp,
  avif: bareAvif,
}

/** Undefined where the file is not built as its format says, or holds what cannot be told from its picture. */
export function bareSource(
  source: Uint8Array,
  { format }: Pick<Facts, 'format'>,
  orientation: number,
): Uint8Array<ArrayBuffer> | undefined {
  try {
    const bare = strips[format]?.(source, orientation)
    // A copy: what is handed out may be neither shared memory nor a view of something larger.
    return bare && new Uint8Array(bare)
  } catch {
    return undefined // a length that points behind the end
  }
}
