// PNG without loss: OxiPNG searches filters and colour types; chunks that give the pixels their look are put back in.
import { losslessCompressPng } from '@napi-rs/image'
import type { Facts } from '../../facts.ts'
import { u32be } from '../../identify/bytes.ts'
import { buildExif } from '../exif.ts'
import { classifyIcc, inflateIcc } from '../icc.ts'
import { once } from '../jpeg/index.ts'
import { hashDeep, hashDisplayed, isSamePicture } from '../pixel-hash.ts'
import type { Keep } from '../request.ts'
import type { Candidate } from '../smallest-candidate.ts'
import {
  buildChunk,
  colourTypes,
  insertChunks,
  type PngChunk,
  pixelTypes,
  readChunks,
  writePng,
} from './chunks.ts'

interface PngTask {
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

export function listPngCandidates({ source, facts, keep }: PngTask, budgetMs: number): Candidate[] {
  const chunks = readChunks(source)
  const bare = writePng(chunks.filter(({ type }) => pixelTypes.includes(type)))
  const exif = buildExifChunks(chunks, { facts, keep })
  const look = pickColourChunks(chunks)
  const before = once(() => hashDeep(source, facts))
  const stripped: Candidate = {
    name: 'chunks that are not the picture removed',
    format: 'png',
    dropped: chunks.some(({ type }) => type === credentials) ? ['c2pa'] : [],
    make: async () => insertChunks(bare, [...look, ...exif]),
    faultOf: async (body) =>
      isSamePicture(await before(), await hashDeep(body, { depth: body[24] ?? 8 }))
        ? undefined
        : 'its pixels differ',
  }
  // The frames of an animation are the same bytes still, and only the first could be decoded here anyway.
  if (chunks.some(({ type }) => type === 'acTL')) return [{ ...stripped, faultOf: async () => undefined }]
  if (((facts.width * facts.height) / 1e6) * oxipngMsPerMegapixel > budgetMs) return [stripped]
  const recoded = { ...stripped, name: 'oxipng', make: () => recodeByOxipng(bare, { look, exif }) }
  // The likeliest winner first: what is larger than the best so far need not be decoded.
  if (!mayDropProfile(look, { facts, keep })) return [recoded, stripped]
  return [dropProfile(recoded, { source, bare, exif }), { ...recoded, fallback: true }, stripped]
}

interface Ancillary {
  /** Chunks that say which colours the numbers mean. */
  readonly look: readonly PngChunk[]
  readonly exif: readonly PngChunk[]
}

/**
 * An RGB profile on gray pixels, or the reverse, is no valid PNG (11.3.2.3), and viewers then drop it; so with a
 * profile, gray stays gray and colour stays colour.
 */
async function recodeByOxipng(bare: Uint8Array, { look, exif }: Ancillary): Promise<Uint8Array> {
  const profiled = look.some(({ type }) => type === 'iCCP' || type === 'cICP')
  const isGray = [0, 4].includes(bare[25] ?? 0)
  const png = await losslessCompressPng(bare, {
    strip: true,
    ...(profiled && { grayscaleReduction: false }),
    ...(profiled && isGray && { paletteReduction: false, colorTypeReduction: false }),
  })
  return insertChunks(png, [...look, ...exif])
}

/** sharp turns 16 bits with a profile into Display P3 on the way (see render/apply.ts), so those cannot be compared. */
function mayDropProfile(look: readonly PngChunk[], { facts, keep }: Omit<PngTask, 'source'>): boolean {
  const profile = look.find(({ type }) => type === 'iCCP')
  const icc = profile && inflateIcc(profile.content)
  return icc !== undefined && facts.depth <= 8 && !keep.includes('profile') && classifyIcc(icc) === 'srgb'
}

interface RecodeParts {
  readonly source: Uint8Array
  readonly bare: Uint8Array
  readonly exif: readonly PngChunk[]
}

function dropProfile(recoded: Candidate, { source, bare, exif }: RecodeParts): Candidate {
  return {
    ...recoded,
    name: 'oxipng without its sRGB profile',
    make: () => recodeByOxipng(bare, { look: [], exif }),
    faultOf: async (body) => {
      const fault = await recoded.faultOf(body)
      const same = isSamePicture(await hashDisplayed(source), await hashDisplayed(body))
      return fault ?? (same ? undefined : 'its colours differ without the profile')
    },
  }
}

function pickColourChunks(chunks: readonly PngChunk[]): PngChunk[] {
  const found = chunks.filter(({ type }) => colourTypes.includes(type))
  const has = (name: string) => found.some(({ type }) => type === name)
  // A picture that says sRGB is shown as one that says nothing, and its gAMA and cHRM are for old viewers only.
  if (has('sRGB') && !has('iCCP') && !has('cICP')) return []
  return found.filter(({ type, content }) => type !== 'iCCP' || inflateIcc(content) !== undefined)
}

/**
 * Whether a viewer of this PNG sees other colours than its numbers mean in sRGB, by a chunk that no other format has: what
 * is made of the numbers would look different.
 */
export function hasOwnColours(source: Uint8Array): boolean {
  const look = pickColourChunks(readChunks(source))
  const contentOf = (name: string) => look.find(({ type }) => type === name)?.content
  if (contentOf('cICP')) return true
  const gamma = contentOf('gAMA')
  if (contentOf('iCCP') || !gamma) return false
  return Math.abs(u32be(gamma, 0) - usualGamma) > gammaTolerance
}

function buildExifChunks(chunks: readonly PngChunk[], { facts, keep }: Omit<PngTask, 'source'>): PngChunk[] {
  const source = chunks.find(({ type }) => type === 'eXIf')?.content
  const kept = buildExif(source, { keep, orientation: facts.orientation })
  return kept ? [buildChunk('eXIf', kept)] : []
}

/** Puts what gives `source` its look around pixels that were recoded with loss; sRGB's profile is not worth its bytes. */
export function createChunkRestorer({ source, facts, keep }: PngTask): (png: Uint8Array) => Uint8Array {
  const chunks = readChunks(source)
  const look = pickColourChunks(chunks)
  const beside = [
    ...(mayDropProfile(look, { facts, keep }) ? [] : look),
    ...buildExifChunks(chunks, { facts, keep }),
  ]
  return (png) => insertChunks(png, beside)
}
