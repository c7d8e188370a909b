// The pictures that the optimiser's benchmarks are about: upright, on white, in sRGB, and not as a JPEG quantised them.
import { identify } from '../transforms/identify.ts'
import { type Picture, readPicture } from '../transforms/optimise/lossy/picture.ts'
import { sharp } from '../transforms/pixels/sharp.ts'

/** Of the corpus's index. */
export interface Entry {
  readonly name: string
  readonly natural: boolean
  readonly class: string
}

/** A JPEG's own quantisation would favour whoever meets its grid again: it must be shrunk away. */
const mostScaleOfJpeg = 0.7

export async function shrunk(file: string, pixels: number): Promise<Picture> {
  const source = sharp(file).autoOrient().flatten({ background: '#fff' }).toColourspace('srgb')
  const { data, info } = await source.toBuffer({ resolveWithObject: true })
  const most = file.endsWith('.jpg') ? mostScaleOfJpeg : 1
  const scale = Math.min(most, Math.sqrt(pixels / (info.width * info.height)))
  const width = Math.floor(info.width * scale)
  const png = await sharp(data).resize({ width }).png({ compressionLevel: 1 }).toBuffer()
  return readPicture(png, identify(png))
}
