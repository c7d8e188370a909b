// Lossless optimising of PNG: OxiPNG searches filters and colour types; the chunks that define colours are put back in.
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
/** The gamma of sRGB as gAMA stores it, and the difference that nobody sees. */
const [usualGamma, gammaTolerance] = [45_455, 1_000]
/** OxiPNG tries filters and colour types on the whole picture: 26 real files took 0.6 s a megapixel. */
const oxipngMsPerMegapixel = 600

export function listPngCandidates({ source, facts, keep }: PngTask, budgetMs: number): Candidate[] {
  const chunks = readChunks(source)
  const bare = writePng(chunks.filter(({ type }) => pixelTypes.includes(type)))
  const exif = buildExifChunks(chunks, { facts, keep })
  const colours = pickColourChunks(chunks)
  const before = once(() => hashDeep(source, facts))
  const stripped: Candidate = {
    name: 'chunks that are not the picture removed',
    format: 'png',
    dropped: chunks.some(({ type }) => type === credentials) ? ['c2pa'] : [],
    make: async () => insertChunks(bare, [...colours, ...exif]),
    findFault: async (body) =>
      isSamePicture(await before(), await hashDeep(body, { depth: body[24] ?? 8 }))
        ? undefined
        : 'its pixels differ',
  }
  // An animation keeps the bytes of its frames, and only the first could be decoded here.
  if (chunks.some(({ type }) => type === 'acTL')) return [{ ...stripped, findFault: async () => undefined }]
  if (((facts.width * facts.height) / 1e6) * oxipngMsPerMegapixel > budgetMs) return [stripped]
  const recoded = { ...stripped, name: 'oxipng', make: () => recodeByOxipng(bare, { colours, exif }) }
  // The likeliest winner goes first: a larger candidate need not be decoded and compared.
  if (!mayDropProfile(colours, { facts, keep })) return [recoded, stripped]
  return [dropProfile(recoded, { source, bare, exif }), { ...recoded, fallback: true }, stripped]
}

interface Ancillary {
  /** The chunks that define the colours of the samples. */
  readonly colours: readonly PngChunk[]
  readonly exif: readonly PngChunk[]
}

/**
 * With a profile, gray stays gray and colour stays colour: an RGB profile on gray pixels, or the reverse, is invalid
 * (PNG 11.3.2.3), and viewers ignore it.
 */
async function recodeByOxipng(bare: Uint8Array, { colours, exif }: Ancillary): Promise<Uint8Array> {
  const profiled = colours.some(({ type }) => type === 'iCCP' || type === 'cICP')
  const isGray = [0, 4].includes(bare[25] ?? 0)
  const png = await losslessCompressPng(bare, {
    strip: true,
    ...(profiled && { grayscaleReduction: false }),
    ...(profiled && isGray && { paletteReduction: false, colorTypeReduction: false }),
  })
  return insertChunks(png, [...colours, ...exif])
}

/**
 * Only for 8 bits: sharp converts 16 bits with a profile to Display P3 (see render/apply.ts), so these do not compare.
 */
function mayDropProfile(colours: readonly PngChunk[], { facts, keep }: Omit<PngTask, 'source'>): boolean {
  const profile = colours.find(({ type }) => type === 'iCCP')
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
    make: () => recodeByOxipng(bare, { colours: [], exif }),
    findFault: async (body) => {
      const fault = await recoded.findFault(body)
      const same = isSamePicture(await hashDisplayed(source), await hashDisplayed(body))
      return fault ?? (same ? undefined : 'its colours differ without the profile')
    },
  }
}

function pickColourChunks(chunks: readonly PngChunk[]): PngChunk[] {
  const found = chunks.filter(({ type }) => colourTypes.includes(type))
  const has = (name: string) => found.some(({ type }) => type === name)
  // A PNG marked sRGB is shown like an unmarked one, and its gAMA and cHRM are only for old viewers.
  if (has('sRGB') && !has('iCCP') && !has('cICP')) return []
  return found.filter(({ type, content }) => type !== 'iCCP' || inflateIcc(content) !== undefined)
}

/**
 * Whether a chunk that only PNG has (cICP, gAMA) gives the samples other colours than sRGB: in another format the picture
 * would look different.
 */
export function hasOwnColours(source: Uint8Array): boolean {
  const colours = pickColourChunks(readChunks(source))
  const contentOf = (name: string) => colours.find(({ type }) => type === name)?.content
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

/** Restores the source's colour and EXIF chunks in a PNG that was recoded with loss, except a profile of sRGB. */
export function createChunkRestorer({ source, facts, keep }: PngTask): (png: Uint8Array) => Uint8Array {
  const chunks = readChunks(source)
  const colours = pickColourChunks(chunks)
  const beside = [
    ...(mayDropProfile(colours, { facts, keep }) ? [] : colours),
    ...buildExifChunks(chunks, { facts, keep }),
  ]
  return (png) => insertChunks(png, beside)
}
