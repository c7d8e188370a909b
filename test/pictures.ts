// Small pictures for everybody's tests, made on the spot: four coloured quarters show which way up a picture is.
import sharp, { type Sharp } from 'sharp'

export interface Size {
  readonly width: number
  readonly height: number
}

/** Red above green on the left, blue above yellow on the right. */
export const quarters = {
  topLeft: '#c82020',
  topRight: '#2040c8',
  bottomLeft: '#20a040',
  bottomRight: '#e0c020',
}

const drawing = ({ width, height }: Size): Buffer => {
  const [x, y] = [width / 2, height / 2]
  return Buffer.from(
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}">
      <rect width="${x}" height="${y}" fill="${quarters.topLeft}"/>
      <rect x="${x}" width="${x}" height="${y}" fill="${quarters.topRight}"/>
      <rect y="${y}" width="${x}" height="${y}" fill="${quarters.bottomLeft}"/>
      <rect x="${x}" y="${y}" width="${x}" height="${y}" fill="${quarters.bottomRight}"/></svg>`,
  )
}

const usual: Size = { width: 96, height: 64 }

export const svg = (size = usual): Buffer => drawing(size)

/** The quarters as three channels of pixels. */
const pixels = (size = usual) => sharp(drawing(size)).removeAlpha()

export const jpeg = (size = usual): Promise<Buffer> => pixels(size).jpeg({ quality: 95 }).toBuffer()
export const progressive = (size = usual): Promise<Buffer> =>
  pixels(size).jpeg({ progressive: true }).toBuffer()
export const png = (size = usual): Promise<Buffer> => pixels(size).png().toBuffer()
export const webp = (size = usual): Promise<Buffer> => pixels(size).webp({ lossless: true }).toBuffer()
export const avif = (size = usual): Promise<Buffer> =>
  pixels(size).avif({ effort: 0, quality: 90 }).toBuffer()
export const tiff = (size = usual): Promise<Buffer> => pixels(size).tiff().toBuffer()
export const palette = (size = usual): Promise<Buffer> => pixels(size).png({ palette: true }).toBuffer()
export const gray = (size = usual): Promise<Buffer> => pixels(size).toColourspace('b-w').jpeg().toBuffer()
export const cmyk = (size = usual): Promise<Buffer> => pixels(size).toColourspace('cmyk').jpeg().toBuffer()
export const sixteenBit = (size = usual): Promise<Buffer> =>
  pixels(size).toColourspace('rgb16').png().toBuffer()
/** Of 16 bits, with an sRGB profile. */
export const profiled = (size = usual): Promise<Buffer> =>
  pixels(size).toColourspace('rgb16').withIccProfile('srgb').png().toBuffer()

/** The same upright picture, stored in one of the eight EXIF orientations. */
export async function lying(orientation: number, size = usual): Promise<Buffer> {
  // What brings orientation n upright is undone here, so that the tag makes it right again.
  const undo: Record<number, (image: Sharp) => Sharp> = {
    2: (image) => image.flop(),
    3: (image) => image.rotate(180),
    4: (image) => image.flip(),
    5: (image) => image.flip().rotate(90),
    6: (image) => image.rotate(270),
    7: (image) => image.flip().rotate(270),
    8: (image) => image.rotate(90),
  }
  const stored = undo[orientation]?.(pixels(size)) ?? pixels(size)
  return stored.withExif({}).withMetadata({ orientation }).jpeg({ quality: 95 }).toBuffer()
}

/** The quarters on a ground that fades out to the right. */
export async function alpha(size = usual): Promise<Buffer> {
  const fade = Buffer.from(
    `<svg xmlns="http://www.w3.org/2000/svg" width="${size.width}" height="${size.height}"><defs><linearGradient id="g">
      <stop offset="0" stop-color="#fff"/><stop offset="1" stop-color="#fff" stop-opacity="0"/></linearGradient></defs>
      <rect width="100%" height="100%" fill="url(#g)"/></svg>`,
  )
  return sharp(drawing(size))
    .composite([{ input: fade, blend: 'dest-in' }])
    .png()
    .toBuffer()
}

export const delays = [100, 200, 50]
export const loops = 3

/** Three frames, each a quarter turn of brightness darker, with `delays`, played `loops` times. */
async function frames(size: Size) {
  const shades = [1, 0.75, 0.5]
  const each = await Promise.all(
    shades.map((shade) => pixels(size).modulate({ brightness: shade }).raw().toBuffer()),
  )
  return sharp(Buffer.concat(each), {
    raw: { width: size.width, height: size.height * shades.length, channels: 3, pageHeight: size.height },
  })
}

export const animatedGif = async (size = usual): Promise<Buffer> =>
  (await frames(size)).gif({ delay: delays, loop: loops, effort: 1 }).toBuffer()
export const animatedWebp = async (size = usual): Promise<Buffer> =>
  (await frames(size)).webp({ delay: delays, loop: loops, lossless: true, effort: 0 }).toBuffer()
