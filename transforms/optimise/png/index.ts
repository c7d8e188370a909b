// PNG without loss: OxiPNG searches filters and colour types; chunks that give the pixels their look are put back in.
import { losslessCompressPng } from '@napi-rs/image'
import type { Facts } from '../../facts.ts'
import { u32be } from '../../identify/bytes.ts'
import { exifToWrite } from '../exif.ts'
import { classOf, iccOfChunk } from '../icc.ts'
import { once } from '../jpeg/index.ts'
import { deepLook, isSame, managedLook } from '../pixel-hash.ts'
import type { Keep } from '../request.ts'
import type { Candidate } from '../smallest-candidate.ts'
import { type Chunk, chunk, chunksOf, colourTypes, joined, pixelTypes, withChunks } from './chunks.ts'

interface Task {
  readonly source: Uint8Array
  readonly facts: Facts
  readonly keep: readonly Keep[]
}

/** Content credentials (C2PA 2.1, appendix A.3.2): any change of a byte breaks their seal. */
const credentials = 'caBX'
/** Of sRGB, as gAMA holds it, and what nobody tells from it. */
const [usualGamma, gammaTolerance] = [45_455, 1_000]
/** Filters and colour types are tried on the whole picture: 26 real files took 0.6 s a megapixel. */
const oxipngMsPerMegapixel = 600

export function pngCandidates({ source, facts, keep }: Task, budgetMs: number): Candidate[] {
  const chunks = chunksOf(source)
  const bare = joined(chunks.filter(({ type }) => pixelTypes.includes(type)))
  const exif = exifChunks(chunks, { facts, keep })
  const look = colourChunks(chunks)
  const before = once(() => deepLook(source, facts))
  const stripped: Candidate = {
    name: 'chunks that are not the picture removed',
    format: 'png',
    dropped: chunks.some(({ type }) => type === credentials) ? ['c2pa'] : [],
    make: async () => withChunks(bare, [...look, ...exif]),
    faultOf: async (body) =>
      isSame(await before(), await deepLook(body, { depth: body[24] ?? 8 }))
        ? undefined
        : 'its pixels differ',
  }
  // The frames of an animation are the same bytes still, and only the first could be decoded here anyway.
  if (chunks.some(({ type }) => type === 'acTL')) return [{ ...stripped, faultOf: async () => undefined }]
  if (((facts.width * facts.height) / 1e6) * oxipngMsPerMegapixel > budgetMs) return [stripped]
  const recoded = { ...stripped, name: 'oxipng', make: () => recode(bare, { look, exif }) }
  // The likeliest winner first: what is larger than the best so far need not be decoded.
  if (!mayDropProfile(look, { facts, keep })) return [recoded, stripped]
  return [withoutProfile(recoded, { source, bare, exif }), { ...recoded, fallback: true }, stripped]
}

interface Beside {
  /** Chunks that say which colours the numbers mean. */
  readonly look: readonly Chunk[]
  readonly exif: readonly Chunk[]
}

/**
 * An RGB profile on gray pixels, or the reverse, is no valid PNG (11.3.2.3), and viewers then drop it; so with a
 * profile, gray stays gray and colour stays colour.
 */
async function recode(bare: Uint8Array, { look, exif }: Beside): Promise<Uint8Array> {
  const profiled = look.some(({ type }) => type === 'iCCP' || type === 'cICP')
  const isGray = [0, 4].includes(bare[25] ?? 0)
  const png = await losslessCompressPng(bare, {
    strip: true,
    ...(profiled && { grayscaleReduction: false }),
    ...(profiled && isGray && { paletteReduction: false, colorTypeReduction: false }),
  })
  return withChunks(png, [...look, ...exif])
}

/** sharp turns 16 bits with a profile into Display P3 on the way (see render/apply.ts), so those cannot be compared. */
function mayDropProfile(look: readonly Chunk[], { facts, keep }: Omit<Task, 'source'>): boolean {
  const profile = look.find(({ type }) => type === 'iCCP')
  const icc = profile && iccOfChunk(profile.content)
  return icc !== undefined && facts.depth <= 8 && !keep.includes('profile') && classOf(icc) === 'srgb'
}

interface Parts {
  readonly source: Uint8Array
  readonly bare: Uint8Array
  readonly exif: readonly Chunk[]
}

function withoutProfile(recoded: Candidate, { source, bare, exif }: Parts): Candidate {
  return {
    ...recoded,
    name: 'oxipng without its sRGB profile',
    make: () => recode(bare, { look: [], exif }),
    faultOf: async (body) => {
      const fault = await recoded.faultOf(body)
      const same = isSame(await managedLook(source), await managedLook(body))
      return fault ?? (same ? undefined : 'its colours differ without the profile')
    },
  }
}

function colourChunks(chunks: readonly Chunk[]): Chunk[] {
  const found = chunks.filter(({ type }) => colourTypes.includes(type))
  const has = (name: string) => found.some(({ type }) => type === name)
  // A picture that says sRGB is shown as one that says nothing, and its gAMA and cHRM are for old viewers only.
  if (has('sRGB') && !has('iCCP') && !has('cICP')) return []
  return found.filter(({ type, content }) => type !== 'iCCP' || iccOfChunk(content) !== undefined)
}

/**
 * Whether a viewer of this PNG sees other colours than its numbers mean in sRGB, by a chunk that no other format has: what
 * is made of the numbers would look different.
 */
export function isOddlyColoured(source: Uint8Array): boolean {
  const look = colourChunks(chunksOf(source))
  const contentOf = (name: string) => look.find(({ type }) => type === name)?.content
  if (contentOf('cICP')) return true
  const gamma = contentOf('gAMA')
  if (contentOf('iCCP') || !gamma) return false
  return Math.abs(u32be(gamma, 0) - usualGamma) > gammaTolerance
}

function exifChunks(chunks: readonly Chunk[], { facts, keep }: Omit<Task, 'source'>): Chunk[] {
  const source = chunks.find(({ type }) => type === 'eXIf')?.content
  const kept = exifToWrite(source, { keep, orientation: facts.orientation })
  return kept ? [chunk('eXIf', kept)] : []
}

/** Puts what gives `source` its look around pixels that were recoded with loss; sRGB's profile is not worth its bytes. */
export function pngDress({ source, facts, keep }: Task): (png: Uint8Array) => Uint8Array {
  const chunks = chunksOf(source)
  const look = colourChunks(chunks)
  const beside = [
    ...(mayDropProfile(look, { facts, keep }) ? [] : look),
    ...exifChunks(chunks, { facts, keep }),
  ]
  return (png) => withChunks(png, beside)
}
