// What tests of the optimiser look at: pixels as stored and as shown, and pictures with odd parts put in.
import sharp from 'sharp'
import { type OptimiseRequest, optimise } from '../../transforms/optimise/index.ts'
import { app, buildSegment, insertSegments } from '../../transforms/optimise/jpeg/segments.ts'

/** Samples as stored, no profile applied; 16 bits stay 16. */
export const stored = async (bytes: Uint8Array): Promise<Buffer> => {
  const { depth } = await sharp(bytes).metadata()
  const image = sharp(bytes, { ignoreIcc: true, animated: true })
  if (depth === 'ushort')
    return image.toColourspace('rgb16').ensureAlpha().raw({ depth: 'ushort' }).toBuffer()
  return image.toColourspace('srgb').ensureAlpha().raw().toBuffer()
}

/** As a viewer gets them: upright and through the profile to sRGB. */
export const shown = (bytes: Uint8Array): Promise<Buffer> =>
  sharp(bytes).autoOrient().toColourspace('srgb').raw().toBuffer()

export const lossless = (source: Uint8Array, more: Partial<OptimiseRequest> = {}) =>
  optimise(source, { mode: 'lossless', ...more })

export const isEqual = (one: Uint8Array, other: Uint8Array): boolean => Buffer.compare(one, other) === 0

/** A JPEG with one more APPn segment. */
export const withSegment = (jpeg: Uint8Array, n: number, content: string | Uint8Array): Buffer =>
  Buffer.from(insertSegments(jpeg, [buildSegment(app(n), Buffer.from(content))]))
