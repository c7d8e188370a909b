// Whether two files show the same picture: their decoded pixels are hashed and compared.
import { createHash } from 'node:crypto'
import type { Facts } from '../facts.ts'
import { run } from '../pixels/run.ts'
import { sharp } from '../pixels/sharp.ts'

/** Size of the decoded picture, and a hash over all its samples. */
export interface PixelHash {
  readonly width: number
  readonly height: number
  readonly hash: string
}

export const isSamePicture = (one: PixelHash, other: PixelHash): boolean =>
  one.width === other.width && one.height === other.height && one.hash === other.hash

const options = { failOn: 'truncated', limitInputPixels: false, autoOrient: false } as const

/** Whether the orientation is applied first: a result that was brought upright is compared with the upright source. */
export interface OrientOption {
  readonly autoOrient: boolean
}

/** Hashes samples as stored, before the profile applies; CMYK as four inks. Equal samples and profiles look the same. */
export async function hashStored(bytes: Uint8Array, { space }: Pick<Facts, 'space'>): Promise<PixelHash> {
  const image = sharp(bytes, { ...options, ignoreIcc: true })
  const inks = space === 'cmyk' ? image.pipelineColourspace('cmyk').toColourspace('cmyk') : image
  return hashPixels(await run(inks.raw()))
}

/** Hashes samples as a display in sRGB shows them: converted by the profile. */
export async function hashDisplayed(bytes: Uint8Array, turned?: OrientOption): Promise<PixelHash> {
  const image = sharp(bytes, { ...options, ...turned })
  return hashPixels(await run(image.toColourspace('srgb').ensureAlpha().raw()))
}

/**
 * Hashes samples as four channels of 16 bits, so that gray, palette and 8 bits compare with what they were reduced from.
 */
export async function hashDeep(
  bytes: Uint8Array,
  { depth }: Pick<Facts, 'depth'>,
  turned?: OrientOption,
): Promise<PixelHash> {
  const image = sharp(bytes, { ...options, ...turned, ignoreIcc: true })
  const deep = depth > 8
  const { data, info } = await run(
    image
      .toColourspace(deep ? 'rgb16' : 'srgb')
      .ensureAlpha()
      .raw({ depth: deep ? 'ushort' : 'uchar' }),
  )
  const samples = deep ? data : widenSamples(data)
  return hashPixels({ data: samples, info })
}

/** From 8 to 16 bits: a byte repeated is its value times 257, in either byte order (PNG 13.12). */
function widenSamples(data: Uint8Array): Uint8Array {
  const wide = new Uint16Array(data.length)
  for (let i = 0; i < data.length; i++) wide[i] = (data[i] ?? 0) * 257
  return new Uint8Array(wide.buffer)
}

const hashPixels = ({
  data,
  info,
}: {
  data: Uint8Array
  info: { width: number; height: number }
}): PixelHash => ({
  width: info.width,
  height: info.height,
  hash: createHash('sha256').update(data).digest('base64'),
})
