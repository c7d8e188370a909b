// The lossy encoders, each with two settings: a quick one for probes, and one that makes the smallest file.
import type { Sharp } from 'sharp'
import { sharp } from '../../pixels/sharp.ts'
import type { Chroma } from '../request.ts'
import { encodeJpeg422 } from './jpeg-422.ts'
import { type Picture, toColourChannels } from './picture.ts'
import type { EncoderPreset, JpegPreset } from './score-curves.ts'
import { encodeWebp } from './webp/index.ts'

export type LossyFormat = 'jpeg' | 'webp' | 'avif'

export type Encode = (quality: number) => Promise<Buffer>

/** MozJPEG without its search for an order of scans: the same pixels in two thirds of the time. */
const mozjpegProbe = {
  trellisQuantisation: true,
  overshootDeringing: true,
  progressive: true,
  optimiseScans: false,
}
/** Ten bits take 3 % fewer bytes than eight at the same score (a smooth sky: 7 %) and a fifth more time. */
const avifSettings = { chromaSubsampling: '4:4:4', bitdepth: 10 } as const

/** Baseline: one scan, from top to bottom. */
const mozjpegBaseline = { ...mozjpegProbe, progressive: false, optimiseCoding: true }

interface EncodeSettings {
  readonly quality: number
  readonly final: boolean
  /** JPEG only. */
  readonly progressive: boolean
}

const pickMozjpegSettings = ({ final, progressive }: EncodeSettings) =>
  progressive ? { ...mozjpegProbe, optimiseScans: final } : mozjpegBaseline

/**
 * MozJPEG's numbers of its quantisation tables. Robidoux's is the default; Klein's and the one tuned for MSSIM spend more
 * bytes on low frequencies.
 */
const mozjpegTables = { '': 3, klein: 5, mssim: 2 } as const

function configureJpeg(image: Sharp, preset: JpegPreset, how: EncodeSettings): Sharp {
  const [, chromaSubsampling = '4:2:0', table = ''] = preset.split(' ')
  const quantisationTable = mozjpegTables[table as keyof typeof mozjpegTables]
  return image.jpeg({
    quality: how.quality,
    chromaSubsampling,
    quantisationTable,
    ...pickMozjpegSettings(how),
  })
}

function encode(picture: Picture, preset: EncoderPreset, how: EncodeSettings): Promise<Buffer> {
  // Grey has no colour to be halved.
  if (preset === 'jpeg 4:2:2' && !picture.isGrey) return encodeJpeg422(picture, how.quality)
  const { quality, final } = how
  if (preset === 'webp') return encodeWebp(picture, quality)
  const image = openPicture(picture, preset)
  // Effort 4 makes files 12 % smaller than effort 2, in eight times the time.
  if (preset === 'avif') return image.avif({ quality, effort: final ? 4 : 2, ...avifSettings }).toBuffer()
  return configureJpeg(image, preset === 'jpeg 4:2:2' ? 'jpeg 4:2:0' : preset, how).toBuffer()
}

export const createProbeEncoder =
  (picture: Picture, preset: EncoderPreset, progressive = true): Encode =>
  (quality) =>
    encode(picture, preset, { quality, final: false, progressive })

export const createFinalEncoder =
  (picture: Picture, preset: EncoderPreset, progressive = true): Encode =>
  (quality) =>
    encode(picture, preset, { quality, final: true, progressive })

/** AVIF at effort 7: 4 % smaller than at effort 4, or half a point better, in four times the time. */
export const createSlowAvifEncoder =
  (picture: Picture): Encode =>
  (quality) =>
    openPicture(picture, 'avif')
      .avif({ quality, effort: 7, ...avifSettings })
      .toBuffer()

/** The chroma subsampling to report. AVIF is always written in full colour here; lossy WebP has only 4:2:0. */
export const getChroma = (preset: EncoderPreset): Chroma =>
  preset.startsWith('jpeg ') ? (preset.slice(5, 10) as Chroma) : preset === 'avif' ? '4:4:4' : '4:2:0'

/** The best that 4:2:0 can do: no quality brings back what is lost here. */
export const encodeCeiling = (picture: Picture): Promise<Buffer> =>
  openPicture(picture, 'jpeg 4:2:0').jpeg({ quality: 100, chromaSubsampling: '4:2:0' }).toBuffer()

function openPicture(picture: Picture, preset: EncoderPreset): Sharp {
  const { data, width, height, channels, isGrey, profiled } = picture
  if (profiled) return sharp(profiled).keepIccProfile()
  const image = sharp(data, { raw: { width, height, channels } })
  return isGrey && preset.startsWith('jpeg') ? image.toColourspace('b-w') : image
}

/** Decodes `body` into the same channels as `picture`, from which it was encoded. */
export async function decodeLike(body: Uint8Array, picture: Picture): Promise<Uint8Array> {
  const image = sharp(body, { ignoreIcc: picture.profiled !== undefined })
  const { data, info } = await image.raw().toBuffer({ resolveWithObject: true })
  if (info.channels === picture.channels) return data
  const colours = toColourChannels(data, info.channels)
  return colours.channels === picture.channels ? colours.data : addOpaqueAlpha(colours.data)
}

/** Adds an opaque alpha: an encoder drops the channel when every pixel came out opaque. */
function addOpaqueAlpha(rgb: Uint8Array): Uint8Array {
  const out = new Uint8Array((rgb.length / 3) * 4).fill(255)
  for (let from = 0, to = 0; from < rgb.length; from += 3, to += 4) out.set(rgb.subarray(from, from + 3), to)
  return out
}
