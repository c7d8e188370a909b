// The encoders at their two settings: quick for a probe, small for the result.
import type { Sharp } from 'sharp'
import { sharp } from '../../render/sharp.ts'
import type { Way } from './curve.ts'
import { coloured, type Picture } from './picture.ts'

export type LossyFormat = 'jpeg' | 'webp' | 'avif'

export type Encode = (quality: number) => Promise<Buffer>

/** What mozjpeg does, without trying orders of scans: the same pixels for two thirds of the time. */
const mozjpegProbe = {
  trellisQuantisation: true,
  overshootDeringing: true,
  quantisationTable: 3,
  progressive: true,
  optimiseScans: false,
}
const webp = { effort: 4, smartSubsample: true, alphaQuality: 100 }
const fullColour = { chromaSubsampling: '4:4:4' }

const settings: Readonly<Record<Way, (image: Sharp, quality: number, final: boolean) => Sharp>> = {
  'jpeg 4:2:0': (image, quality, final) =>
    image.jpeg({ quality, chromaSubsampling: '4:2:0', ...(final ? { mozjpeg: true } : mozjpegProbe) }),
  'jpeg 4:4:4': (image, quality, final) =>
    image.jpeg({ quality, ...fullColour, ...(final ? { mozjpeg: true } : mozjpegProbe) }),
  webp: (image, quality) => image.webp({ quality, ...webp }),
  // Effort 4 is 12 % smaller than 2 for eight times the work.
  avif: (image, quality, final) => image.avif({ quality, effort: final ? 4 : 2, ...fullColour }),
}

export const probing =
  (picture: Picture, way: Way): Encode =>
  (quality) =>
    settings[way](open(picture, way), quality, false).toBuffer()

export const finishing =
  (picture: Picture, way: Way): Encode =>
  (quality) =>
    settings[way](open(picture, way), quality, true).toBuffer()

/** Whether a probe's bytes are already the result's. */
export const probesAreFinal = (way: Way): boolean => way === 'webp'

/** As good as 4:2:0 can get: what it loses here, no quality brings back. */
export const ceiling = (picture: Picture): Promise<Buffer> =>
  open(picture, 'jpeg 4:2:0').jpeg({ quality: 100, chromaSubsampling: '4:2:0' }).toBuffer()

function open(picture: Picture, way: Way): Sharp {
  const { data, width, height, channels, isGrey, profiled } = picture
  if (profiled) return sharp(profiled).keepIccProfile()
  const image = sharp(data, { raw: { width, height, channels } })
  return isGrey && way.startsWith('jpeg') ? image.toColourspace('b-w') : image
}

/** A body's pixels, in the channels of the picture it was made of. */
export async function decoded(body: Uint8Array, picture: Picture): Promise<Uint8Array> {
  const image = sharp(body, { ignoreIcc: picture.profiled !== undefined })
  const { data, info } = await image.raw().toBuffer({ resolveWithObject: true })
  if (info.channels === picture.channels) return data
  const colours = coloured(data, info.channels)
  return colours.channels === picture.channels ? colours.data : opaque(colours.data)
}

/** An encoder may have dropped an alpha that came out as opaque. */
function opaque(rgb: Uint8Array): Uint8Array {
  const out = new Uint8Array((rgb.length / 3) * 4).fill(255)
  for (let from = 0, to = 0; from < rgb.length; from += 3, to += 4) out.set(rgb.subarray(from, from + 3), to)
  return out
}
