// WebP without loss: chunks that are not the picture go; pixels are coded again only where that loses nothing.
import type { Facts } from '../../facts.ts'
import { run } from '../../render/run.ts'
import { sharp } from '../../render/sharp.ts'
import { isSame, type Look, storedLook } from '../pixel-hash.ts'
import type { Keep } from '../request.ts'
import type { Candidate } from '../smallest-candidate.ts'
import { bare, chunksOf, exifOf } from './chunks.ts'

interface Task {
  readonly source: Uint8Array
  readonly facts: Facts
  readonly keep: readonly Keep[]
  /** Of the source, as `storedLook` saw it. */
  readonly look: Look
}

export function webpCandidates({ source, facts, keep, look }: Task): Candidate[] {
  const chunks = chunksOf(source)
  const faultOf = async (body: Uint8Array): Promise<string | undefined> =>
    isSame(look, await storedLook(body, facts)) ? undefined : 'its pixels differ'
  const stripped: Candidate = {
    name: 'chunks that are not the picture removed',
    format: 'webp',
    make: async () => bare(chunks, { facts, keep }),
    faultOf,
  }
  const isLossless = isCodedWithoutLoss(source) && !facts.animated
  // What was coded with loss would grow by being coded without it.
  if (!isLossless) return [stripped]
  const make = async () => bare(chunksOf(await recoded(source)), { facts, keep, exif: exifOf(chunks) })
  return [stripped, { ...stripped, name: 'webp lossless', make }]
}

/** `exact` leaves the colour under transparent pixels as it is. */
export const lossless = { lossless: true, effort: 6, exact: true } as const

async function recoded(source: Uint8Array): Promise<Uint8Array> {
  const image = sharp(source, { autoOrient: false, limitInputPixels: false }).keepIccProfile()
  return (await run(image.webp(lossless))).data
}

export const isCodedWithoutLoss = (bytes: Uint8Array): boolean =>
  chunksOf(bytes).some(({ type }) => type === 'VP8L')

/** Every frame, where it moves; a frame's own chunks stand behind 16 bytes about its place (RFC 9649 section 2.7.1). */
export function isFilmWithoutLoss(bytes: Uint8Array): boolean {
  const frames = chunksOf(bytes).filter(({ type }) => type === 'ANMF')
  return (
    frames.length > 0 &&
    frames.every(({ content }) => chunksOf(content, 16).some(({ type }) => type === 'VP8L'))
  )
}
