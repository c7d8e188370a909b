// Runs a sharp pipeline and turns what goes wrong in it into our failures.
import type { OutputInfo, Sharp } from 'sharp'
import { Failure } from '../../errors.ts'
import { sharp } from './sharp.ts'
import type { Samples } from './to-space.ts'

export interface Made {
  readonly data: Uint8Array<ArrayBuffer>
  readonly info: OutputInfo & { readonly pageHeight?: number; readonly pages?: number }
}

/**
 * Never by sharp's `toUint8Array`: 0.35.5 leaves all of its native memory behind, 70 MB for each 24 megapixels. The
 * price is that what a Buffer holds cannot be moved to another thread, only copied.
 */
export const run = (image: Sharp): Promise<Made> =>
  orFailure(async () => (await image.toBuffer({ resolveWithObject: true })) as Made)

/** What a decoder or an encoder refuses is the source's fault; what is our own fault stays so. */
export async function orFailure<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (thrown) {
    throw failureOf(thrown)
  }
}

/** A mistake in the code, or what the machine refuses: a file that is gone, a disk that is full. */
const isOurs = (thrown: unknown): boolean =>
  thrown instanceof TypeError || thrown instanceof ReferenceError || Object.hasOwn(Object(thrown), 'syscall')

/** libvips speaks in sentences; these are the ones whose cause is not the pixels. */
function failureOf(cause: unknown): unknown {
  if (cause instanceof Failure || isOurs(cause)) return cause
  const said = cause instanceof Error ? cause.message : ''
  if (/timeout/i.test(said)) return new Failure('late', 'The picture took too long to make.', { cause })
  if (/unsupported image format/.test(said))
    return new Failure('source-unsupported', 'The source cannot be decoded by this build.', { cause })
  if (/exceeds? pixel limit/.test(said))
    return new Failure('source-too-large', 'The source picture has more pixels than its header says.', {
      cause,
    })
  return new Failure('source-broken', 'The source is damaged: its pixels cannot be decoded.', { cause })
}

export interface Pixels {
  readonly data: Uint8Array<ArrayBuffer>
  readonly width: number
  /** Of one frame. */
  readonly height: number
  readonly channels: 1 | 2 | 3 | 4
}

/** Decoded and worked through up to here. */
export async function pixelsOf(image: Sharp): Promise<Pixels> {
  const { data, info } = await run(image.raw())
  return {
    data,
    width: info.width,
    height: info.pageHeight ?? info.height,
    channels: info.channels as Pixels['channels'],
  }
}

/**
 * Gives memory back that would lie there until the next collection, which V8 begins for every 64 MB of it, in each thread.
 * Nothing may read it any more; a picture that failed keeps its own, for something may still be at work in it.
 */
export function letGo(bytes: Uint8Array): void {
  const { buffer } = bytes
  if (buffer instanceof ArrayBuffer && !buffer.detached && bytes.length === buffer.byteLength)
    buffer.transfer(0)
}

export interface SizedSamples extends Omit<Samples, 'depth'> {
  readonly width: number
  readonly height: number
}

/** Three colours as they are stored, of 8 or of 16 bits, and alpha where there is any. */
export async function samplesOf(image: Sharp, bits: 8 | 16): Promise<SizedSamples> {
  const raw =
    bits === 8 ? image.toColourspace('srgb').raw() : image.toColourspace('rgb16').raw({ depth: 'ushort' })
  const { data, info } = await run(raw)
  const { width, height } = info
  const wide = bits === 8 ? data : new Uint16Array(data.buffer, data.byteOffset, data.byteLength / 2)
  return { data: wide, width, height, channels: info.channels as SizedSamples['channels'] }
}

/**
 * A new pipeline that goes on from pixels; several frames below one another are an animation, whose frames are sized and
 * cut `apart` or as the one tall picture that they are.
 */
export function from({ data, width, height, channels }: Pixels, frames: 'apart' | 'whole' = 'whole'): Sharp {
  const whole = data.length / (width * channels)
  return sharp(data, {
    raw: { width, height: whole, channels, ...(whole > height && { pageHeight: height }) },
    limitInputPixels: false,
    animated: frames === 'apart',
  })
}

/** sharp does its steps in an order of its own; this begins anew, so that what follows is done after all so far. */
export async function afresh(image: Sharp): Promise<Sharp> {
  return from(await pixelsOf(image))
}
