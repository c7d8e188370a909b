// Reads a source into the pixels that are encoded and compared: upright, eight bits, in sRGB or in its own wide profile.
import type { Sharp } from 'sharp'
import type { Facts } from '../../facts.ts'
import { greyOf, inSpace, isDeepGrey } from '../../pixels/colours.ts'
import { sharp } from '../../pixels/sharp.ts'
import { classifyIcc } from '../icc.ts'

export interface Picture {
  /** Samples row by row: three channels, or four where something is transparent. */
  readonly data: Uint8Array
  readonly channels: 3 | 4
  readonly width: number
  readonly height: number
  /** All three channels are equal everywhere, so that one is enough. */
  readonly isGrey: boolean
  /** For a profile wider than sRGB: a PNG of the same pixels with that profile. */
  readonly profiled?: Uint8Array
  /** Preconditioned for 4:2:0. */
  readonly isPreconditioned?: boolean
}

export interface ReadOptions {
  /** Colour laid under transparent pixels, for a format without alpha. */
  readonly background?: string | undefined
}

export async function readPicture(
  source: Uint8Array,
  facts: Facts,
  reading: ReadOptions = {},
): Promise<Picture> {
  const wide = await hasWideProfile(source, facts)
  const image = await openUpright(source, facts)
  if (reading.background !== undefined) image.flatten({ background: reading.background })
  if (wide) image.keepIccProfile()
  else image.toColourspace('srgb')
  const profiled = wide ? await image.png({ compressionLevel: 0 }).toBuffer() : undefined
  const read = profiled ? sharp(profiled, { ignoreIcc: true }) : image
  const { data, info } = await read.raw().toBuffer({ resolveWithObject: true })
  const { width, height } = info
  const pixels = toColourChannels(data, info.channels)
  return { ...pixels, width, height, isGrey: isGrey(pixels), ...(profiled && { profiled }) }
}

/** Colours given by code points (CICP) become sRGB: none of the formats written here can carry the code points. */
async function openUpright(source: Uint8Array, facts: Facts): Promise<Sharp> {
  const { colour } = facts
  const ignoreIcc = colour !== undefined || isDeepGrey(facts)
  const image = sharp(source, { failOn: 'truncated', limitInputPixels: false, ignoreIcc }).autoOrient()
  if (!ignoreIcc) return image
  return inSpace(image, { facts, colour: colour ?? (await greyOf(image)), space: 'srgb' })
}

/** CMYK becomes sRGB whatever its profile: browsers show it differently. */
async function hasWideProfile(source: Uint8Array, { icc, space, colour }: Facts): Promise<boolean> {
  if (!icc || colour || space === 'cmyk') return false
  const profile = (await sharp(source).metadata()).icc
  return profile !== undefined && classifyIcc(profile) === 'wide'
}

/** Three or four channels of any number: grey becomes three equal ones, and an opaque alpha is dropped. */
export function toColourChannels(data: Uint8Array, channels: number): Pick<Picture, 'data' | 'channels'> {
  if (channels === 3) return { data, channels }
  const hasAlpha = channels === 2 || channels === 4
  const transparent = hasAlpha && isTransparent(data, channels)
  const kept = transparent ? 4 : 3
  const count = data.length / channels
  const colour = channels >= 3 ? 1 : 0
  const out = new Uint8Array(count * kept)
  for (let i = 0, from = 0, to = 0; i < count; i++, from += channels, to += kept) {
    out[to] = data[from] ?? 0
    out[to + 1] = data[from + colour] ?? 0
    out[to + 2] = data[from + colour * 2] ?? 0
    if (transparent) out[to + 3] = data[from + channels - 1] ?? 0
  }
  return { data: out, channels: kept }
}

function isTransparent(data: Uint8Array, channels: number): boolean {
  for (let i = channels - 1; i < data.length; i += channels) if (data[i] !== 255) return true
  return false
}

function isGrey({ data, channels }: Pick<Picture, 'data' | 'channels'>): boolean {
  for (let i = 0; i < data.length; i += channels)
    if (data[i] !== data[i + 1] || data[i] !== data[i + 2]) return false
  return true
}
