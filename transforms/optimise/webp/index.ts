// Lossless optimising of WebP: metadata chunks are removed, and the pixels of a lossless file are encoded again.
import type { Facts } from '../../facts.ts'
import { run } from '../../pixels/run.ts'
import { sharp } from '../../pixels/sharp.ts'
import { hashStored, isSamePicture, type PixelHash } from '../pixel-hash.ts'
import type { Keep } from '../request.ts'
import type { Candidate } from '../smallest-candidate.ts'
import { findExif, readChunks, stripWebp } from './chunks.ts'

interface WebpTask {
  readonly source: Uint8Array
  readonly facts: Facts
  readonly keep: readonly Keep[]
  /** Of the source, by `hashStored`. */
  readonly sourceHash: PixelHash
}

export function listWebpCandidates({ source, facts, keep, sourceHash }: WebpTask): Candidate[] {
  const chunks = readChunks(source)
  const findFault = async (body: Uint8Array): Promise<string | undefined> =>
    isSamePicture(sourceHash, await hashStored(body, facts)) ? undefined : 'its pixels differ'
  const stripped: Candidate = {
    name: 'chunks that are not the picture removed',
    format: 'webp',
    make: async () => stripWebp(chunks, { facts, keep }),
    findFault,
  }
  const isLossless = isLosslessWebp(source) && !facts.animated
  // The pixels of a lossy file would grow in lossless coding.
  if (!isLossless) return [stripped]
  const make = async () =>
    stripWebp(readChunks(await encodeLossless(source)), { facts, keep, exif: findExif(chunks) })
  return [stripped, { ...stripped, name: 'webp lossless', make }]
}

/** `exact` keeps the colour of fully transparent pixels. */
export const losslessSettings = { lossless: true, effort: 6, exact: true } as const

async function encodeLossless(source: Uint8Array): Promise<Uint8Array> {
  const image = sharp(source, { autoOrient: false, limitInputPixels: false }).keepIccProfile()
  return (await run(image.webp(losslessSettings))).data
}

export const isLosslessWebp = (bytes: Uint8Array): boolean =>
  readChunks(bytes).some(({ type }) => type === 'VP8L')

/**
 * Whether every frame of an animation is lossless. A frame's chunks follow 16 bytes of header (RFC 9649 section 2.7.1).
 */
export function isLosslessAnimation(bytes: Uint8Array): boolean {
  const frames = readChunks(bytes).filter(({ type }) => type === 'ANMF')
  return (
    frames.length > 0 &&
    frames.every(({ content }) => readChunks(content, 16).some(({ type }) => type === 'VP8L'))
  )
}
