// The encoders at their two settings: quick for a probe, small for the result.
import type { Sharp } from 'sharp'
import { sharp } from '../../render/sharp.ts'
import type { Chroma } from '../request.ts'
import { halvedAcross } from './jpeg-422.ts'
import { coloured, type Picture } from './picture.ts'
import type { JpegWay, Way } from './score-curves.ts'
import { encodeWebp } from './webp/index.ts'

export type LossyFormat = 'jpeg' | 'webp' | 'avif'

export type Encode = (quality: number) => Promise<Buffer>

/** What mozjpeg does, without trying orders of scans: the same pixels for two thirds of the time. */
const mozjpegProbe = {
  trellisQuantisation: true,
  overshootDeringing: true,
  progressive: true,
  optimiseScans: false,
}
/** Ten bits take 3 % fewer bytes than eight for the same score, a smooth sky 7 %, for a fifth more work. */
const avif = { chromaSubsampling: '4:4:4', bitdepth: 10 } as const

/** One scan, from top to bottom. */
const baseline = { ...mozjpegProbe, progressive: false, optimiseCoding: true }

interface How {
  readonly quality: number
  readonly final: boolean
  /** JPEG only. */
  readonly progressive: boolean
}

const mozjpeg = ({ final, progressive }: How) =>
  progressive ? { ...mozjpegProbe, optimiseScans: final } : baseline

/** MozJPEG's numbers: Robidoux's is its default; Klein's and the one for MSSIM spend more on slow changes. */
const tables = { '': 3, klein: 5, mssim: 2 } as const

function jpeg(image: Sharp, way: JpegWay, how: How): Sharp {
  const [, chromaSubsampling = '4:2:0', table = ''] = way.split(' ')
  const quantisationTable = tables[table as keyof typeof tables]
  return image.jpeg({ quality: how.quality, chromaSubsampling, quantisationTable, ...mozjpeg(how) })
}

function encode(picture: Picture, way: Way, how: How): Promise<Buffer> {
  // Grey has no colour to be halved.
  if (way === 'jpeg 4:2:2' && !picture.isGrey) return halvedAcross(picture, how.quality)
  const { quality, final } = how
  if (way === 'webp') return encodeWebp(picture, quality)
  const image = open(picture, way)
  // Effort 4 is 12 % smaller than 2 for eight times the work.
  if (way === 'avif') return image.avif({ quality, effort: final ? 4 : 2, ...avif }).toBuffer()
  return jpeg(image, way === 'jpeg 4:2:2' ? 'jpeg 4:2:0' : way, how).toBuffer()
}

export const probing =
  (picture: Picture, way: Way, progressive = true): Encode =>
  (quality) =>
    encode(picture, way, { quality, final: false, progressive })

export const finishing =
  (picture: Picture, way: Way, progressive = true): Encode =>
  (quality) =>
    encode(picture, way, { quality, final: true, progressive })

/** AVIF at effort 7: 4 % smaller than at 4, or half a point better, for four times the work. */
export const patient =
  (picture: Picture): Encode =>
  (quality) =>
    open(picture, 'avif')
      .avif({ quality, effort: 7, ...avif })
      .toBuffer()

/** As it is told of a result: AVIF is written in full colour, WebP knows nothing else than this. */
export const chromaOf = (way: Way): Chroma =>
  way.startsWith('jpeg ') ? (way.slice(5, 10) as Chroma) : way === 'avif' ? '4:4:4' : '4:2:0'

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
