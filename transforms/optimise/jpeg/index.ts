// Lossless optimising of JPEG: MozJPEG recodes the coefficients; the profile, orientation and kept EXIF are put back in.
import { compressJpeg } from '@napi-rs/image'
import type { Facts } from '../../facts.ts'
import { buildExif } from '../exif.ts'
import { classifyIcc } from '../icc.ts'
import { hashDisplayed, hashStored, isSamePicture, type PixelHash } from '../pixel-hash.ts'
import type { Keep } from '../request.ts'
import type { Candidate } from '../smallest-candidate.ts'
import {
  app,
  buildSegment,
  findExif,
  findExtras,
  insertSegments,
  isIcc,
  readIcc,
  readSegments,
  type Segment,
} from './segments.ts'
import { stripJpeg } from './strip.ts'

interface JpegTask {
  readonly source: Uint8Array
  readonly facts: Facts
  readonly keep: readonly Keep[]
  /** Of the source, by `hashStored`. */
  readonly sourceHash: PixelHash
  /** False leaves only the removal of metadata: MozJPEG's transcode is always progressive. */
  readonly progressive: boolean
}

/**
 * The transcode with its profile, the transcode without a profile that only says sRGB, and the source without metadata.
 */
export function listJpegCandidates({ source, facts, keep, sourceHash, progressive }: JpegTask): Candidate[] {
  const segments = readSegments(source)
  const exif = buildExifSegments(findExif(segments), { keep, orientation: facts.orientation })
  const profile = segments.filter(isIcc).map(({ bytes }) => bytes)
  const recoded = once(() => compressJpeg(source))
  const plain: Candidate = {
    name: 'mozjpeg transcode',
    format: 'jpeg',
    make: async () => insertSegments(await recoded(), [...exif, ...profile]),
    findFault: async (body) => findFault(body, { before: sourceHash, facts, source }),
  }
  const stripped: Candidate = {
    ...plain,
    name: 'segments that are not the picture removed',
    make: async () => insertSegments(stripJpeg(source) ?? source, [...exif, ...profile]),
  }
  if (!progressive) return [stripped]
  // The likeliest winner goes first: a larger candidate need not be decoded and compared.
  return mayDropProfile(segments, keep)
    ? [dropProfile(plain, { source, exif, recoded }), { ...plain, fallback: true }, stripped]
    : [plain, stripped]
}

/** Names of the parts that no candidate keeps, only the source itself. */
export function listLostExtras(source: Uint8Array): string[] {
  const { c2pa, morePictures, gainMap } = findExtras(source, readSegments(source))
  return [
    ...(c2pa ? ['c2pa'] : []),
    ...(gainMap ? ['gain map'] : []),
    ...(morePictures ? ['further pictures'] : []),
  ]
}

/** The segment with the EXIF entries that stay; empty where none is wanted. */
export function buildExifSegments(
  source: Uint8Array | undefined,
  wish: { readonly keep: readonly Keep[]; readonly orientation: number },
): Uint8Array[] {
  const kept = buildExif(source, wish)
  return kept ? [buildSegment(app(1), Buffer.concat([Buffer.from('Exif\0\0'), kept]))] : []
}

function mayDropProfile(segments: readonly Segment[], keep: readonly Keep[]): boolean {
  const icc = readIcc(segments)
  return !keep.includes('profile') && icc !== undefined && classifyIcc(icc) === 'srgb'
}

interface TranscodeParts {
  readonly source: Uint8Array
  readonly exif: readonly Uint8Array[]
  readonly recoded: () => Promise<Uint8Array>
}

/** A picture without a profile is shown as sRGB, so the pixels converted for the screen must be equal. */
function dropProfile(plain: Candidate, { source, exif, recoded }: TranscodeParts): Candidate {
  return {
    ...plain,
    name: 'mozjpeg transcode without its sRGB profile',
    make: async () => insertSegments(await recoded(), exif),
    findFault: async (body) => {
      const same = isSamePicture(await hashDisplayed(source), await hashDisplayed(body))
      return same ? undefined : 'its colours differ without the profile'
    },
  }
}

interface ExpectedJpeg {
  readonly before: PixelHash
  readonly facts: Facts
  readonly source: Uint8Array
}

async function findFault(
  body: Uint8Array,
  { before, facts, source }: ExpectedJpeg,
): Promise<string | undefined> {
  if (!isSamePicture(before, await hashStored(body, facts))) return 'its pixels differ'
  const [old, now] = [source, body].map((bytes) => readIcc(readSegments(bytes)))
  const sameProfile = old === undefined || (now !== undefined && Buffer.compare(old, now) === 0)
  return sameProfile ? undefined : 'its profile differs'
}

/** Runs `make` at the first call, and gives its result to all: for work that several candidates share. */
export function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined
  return () => {
    made ??= make()
    return made
  }
}
