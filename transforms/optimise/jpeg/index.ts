// JPEG without loss: MozJPEG recodes the coefficients as they are, and what gives them their look is put back in.
import { compressJpeg } from '@napi-rs/image'
import type { Facts } from '../../facts.ts'
import { exifToWrite } from '../exif.ts'
import { classOf } from '../icc.ts'
import { isSame, type Look, managedLook, storedLook } from '../pixel-hash.ts'
import type { Keep } from '../request.ts'
import type { Candidate } from '../smallest-candidate.ts'
import {
  app,
  exifOf,
  extrasOf,
  iccOf,
  isIcc,
  type Segment,
  segment,
  segmentsOf,
  spliced,
} from './segments.ts'
import { bareJpeg } from './strip.ts'

interface Task {
  readonly source: Uint8Array
  readonly facts: Facts
  readonly keep: readonly Keep[]
  /** Of the source, as `storedLook` saw it. */
  readonly look: Look
  /** MozJPEG's transcode always is; without it, only what is not the picture can go. */
  readonly progressive: boolean
}

/** The transcode with everything its look needs, and, where the profile says no more than sRGB, without the profile. */
export function jpegCandidates({ source, facts, keep, look, progressive }: Task): Candidate[] {
  const segments = segmentsOf(source)
  const exif = exifSegment(exifOf(segments), { keep, orientation: facts.orientation })
  const profile = segments.filter(isIcc).map(({ bytes }) => bytes)
  const recoded = once(() => compressJpeg(source))
  const plain: Candidate = {
    name: 'mozjpeg transcode',
    format: 'jpeg',
    make: async () => spliced(await recoded(), [...exif, ...profile]),
    faultOf: async (body) => faultOf(body, { before: look, facts, source }),
  }
  const stripped: Candidate = {
    ...plain,
    name: 'segments that are not the picture removed',
    make: async () => spliced(bareJpeg(source) ?? source, [...exif, ...profile]),
  }
  if (!progressive) return [stripped]
  // The likeliest winner first: what is larger than the best so far need not be decoded.
  return mayDropProfile(segments, keep)
    ? [withoutProfile(plain, { source, exif, recoded }), { ...plain, fallback: true }, stripped]
    : [plain, stripped]
}

/** What no way but the source itself keeps. */
export function lostBeside(source: Uint8Array): string[] {
  const { c2pa, morePictures, gainMap } = extrasOf(source, segmentsOf(source))
  return [
    ...(c2pa ? ['c2pa'] : []),
    ...(gainMap ? ['gain map'] : []),
    ...(morePictures ? ['further pictures'] : []),
  ]
}

/** The EXIF that stays, as the segment to put in; none where nothing of it is wanted. */
export function exifSegment(
  source: Uint8Array | undefined,
  wish: { readonly keep: readonly Keep[]; readonly orientation: number },
): Uint8Array[] {
  const kept = exifToWrite(source, wish)
  return kept ? [segment(app(1), Buffer.concat([Buffer.from('Exif\0\0'), kept]))] : []
}

function mayDropProfile(segments: readonly Segment[], keep: readonly Keep[]): boolean {
  const icc = iccOf(segments)
  return !keep.includes('profile') && icc !== undefined && classOf(icc) === 'srgb'
}

interface Parts {
  readonly source: Uint8Array
  readonly exif: readonly Uint8Array[]
  readonly recoded: () => Promise<Uint8Array>
}

/** A picture without a profile is shown as sRGB; the pixels on the way to the screen must come out equal. */
function withoutProfile(plain: Candidate, { source, exif, recoded }: Parts): Candidate {
  return {
    ...plain,
    name: 'mozjpeg transcode without its sRGB profile',
    make: async () => spliced(await recoded(), exif),
    faultOf: async (body) => {
      const same = isSame(await managedLook(source), await managedLook(body))
      return same ? undefined : 'its colours differ without the profile'
    },
  }
}

interface Expected {
  readonly before: Look
  readonly facts: Facts
  readonly source: Uint8Array
}

async function faultOf(body: Uint8Array, { before, facts, source }: Expected): Promise<string | undefined> {
  if (!isSame(before, await storedLook(body, facts))) return 'its pixels differ'
  const [old, now] = [source, body].map((bytes) => iccOf(segmentsOf(bytes)))
  const sameProfile = old === undefined || (now !== undefined && Buffer.compare(old, now) === 0)
  return sameProfile ? undefined : 'its profile differs'
}

/** Work that several candidates share is done when the first of them needs it. */
export function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined
  return () => {
    made ??= make()
    return made
  }
}
