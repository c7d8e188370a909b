// Says what a picture is by its bytes alone, never by its name, and refuses by name what we do not read.
import { Failure } from '../errors.ts'
import type { Facts, SourceFormat } from './facts.ts'
import { identifyBmp, isBmp } from './identify/bmp.ts'
import { broken, has, text } from './identify/bytes.ts'
import { identifyMp4, isMp4 } from './identify/film.ts'
import { identifyGif } from './identify/gif.ts'
import { identifyIco } from './identify/ico.ts'
import { brandOf, identifyAvif, identifyHeic } from './identify/isobmff.ts'
import { identifyJp2, jp2Codestream } from './identify/jp2.ts'
import { identifyJpeg } from './identify/jpeg.ts'
import { identifyJxl } from './identify/jxl.ts'
import { identifyMatroska, isMatroska } from './identify/matroska.ts'
import { identifyPdf } from './identify/pdf.ts'
import { identifyPng } from './identify/png.ts'
import { identifyPsd } from './identify/psd.ts'
import { identifyRaw, isRaw } from './identify/raw.ts'
import { identifySvg, isSvg } from './identify/svg.ts'
import { identifyTiff } from './identify/tiff.ts'
import { identifyWebp } from './identify/webp.ts'

/**
 * Facts from a picture's first bytes, without decoding a pixel. 64 KB usually do; the whole file is needed for the
 * frames of GIF and WebP, the scans of a progressive JPEG, the pages of a TIFF, an orientation stored behind the pixels,
 * and everything about an SVG. Fails with 'source-unsupported', 'source-broken' or, for an SVG, 'too-costly'.
 */
export function identify(bytes: Uint8Array): Facts {
  const facts = readFacts(bytes)
  if (facts.width < 1 || facts.height < 1) throw broken('its size is zero')
  return facts
}

/** How a picture opens, in the formats that we can name; some of them are marks that other files share. */
const openings: readonly (readonly [SourceFormat, (bytes: Uint8Array) => boolean])[] = [
  ['jpeg', (bytes) => has(bytes, 0, '\xff\xd8')],
  ['png', (bytes) => has(bytes, 0, '\x89PNG\r\n\x1a\n')],
  ['gif', (bytes) => has(bytes, 0, 'GIF87a') || has(bytes, 0, 'GIF89a')],
  ['webp', (bytes) => has(bytes, 0, 'RIFF') && has(bytes, 8, 'WEBP')],
  ['raw', isRaw],
  ['tiff', (bytes) => /^(II[*+]\0|MM\0[*+])/.test(text(bytes, 0, 4))],
  ['avif', (bytes) => has(bytes, 4, 'ftyp') && brandOf(bytes) === 'avif'],
  ['heic', (bytes) => has(bytes, 4, 'ftyp') && brandOf(bytes) === 'heic'],
  ['svg', isSvg],
  ['jxl', (bytes) => has(bytes, 0, '\xff\x0a') || has(bytes, 4, 'JXL \r\n')],
  ['jp2', (bytes) => has(bytes, 4, 'jP  \r\n') || has(bytes, 0, jp2Codestream)],
  ['psd', (bytes) => has(bytes, 0, '8BPS')],
  ['mp4', isMp4],
  ['webm', isMatroska],
  ['bmp', isBmp],
  ['ico', (bytes) => has(bytes, 0, '\0\0\x01\0')],
  ['pdf', (bytes) => has(bytes, 0, '%PDF-')],
]

/** The format by the first bytes alone; undefined for what is none that we can name. */
export const formatOf = (bytes: Uint8Array): SourceFormat | undefined =>
  openings.find(([, opens]) => opens(bytes))?.[0]

const readers: Partial<Readonly<Record<SourceFormat, (bytes: Uint8Array) => Facts>>> = {
  jpeg: identifyJpeg,
  png: identifyPng,
  gif: identifyGif,
  webp: identifyWebp,
  tiff: identifyTiff,
  avif: identifyAvif,
  bmp: identifyBmp,
  ico: identifyIco,
  psd: identifyPsd,
  raw: identifyRaw,
  svg: (bytes) => identifySvg(bytes, embeddedMegapixels),
}

/** Pictures that the machine may have a decoder for, beside those that `identify` knows. */
const outsidePictures: typeof readers = { heic: identifyHeic, jxl: identifyJxl, jp2: identifyJp2 }
/** What is no picture, and may become one. */
const outsideDocuments: typeof readers = { pdf: identifyPdf, mp4: identifyMp4, webm: identifyMatroska }

/** Also of a picture that another program decodes. Fails as `identify` does. */
export const identifyPicture = (bytes: Uint8Array): Facts => identifyWith(bytes, outsidePictures)

/** Also of documents and films, of which a page or a frame becomes a picture. Fails as `identify` does. */
export const identifySource = (bytes: Uint8Array): Facts =>
  identifyWith(bytes, { ...outsidePictures, ...outsideDocuments })

function identifyWith(bytes: Uint8Array, further: typeof readers): Facts {
  const format = formatOf(bytes)
  const read = format && further[format]
  if (!read) return identify(bytes)
  const facts = read(bytes)
  if (facts.width < 1 || facts.height < 1) throw broken('its size is zero')
  return facts
}

function readFacts(bytes: Uint8Array): Facts {
  const format = formatOf(bytes)
  const read = format && readers[format]
  if (read) return read(bytes)
  throw new Failure(
    'source-unsupported',
    `The source is ${nameOf(bytes)}, which is not an image we can read.`,
  )
}

/** Pictures inside an SVG: the renderer decodes them, so they are looked at the same way. */
function embeddedMegapixels(address: string): number {
  const [, parameters = '', content = ''] = /^data:([^,]*),([\s\S]*)$/.exec(address) ?? []
  const bytes = /;\s*base64\s*$/i.test(parameters)
    ? Buffer.from(content, 'base64')
    : Buffer.from(
        content.replace(/%([0-9a-f]{2})/gi, (_, hex) => String.fromCharCode(Number.parseInt(hex, 16))),
        'latin1',
      )
  try {
    const { width, height, scans, format } = identify(bytes)
    return ((width * height) / 1e6) * (format === 'svg' ? Math.max(1, scans / 10) : 1)
  } catch (thrown) {
    if (thrown instanceof Failure && thrown.kind === 'too-costly') throw thrown
    return 0 // not a picture: the renderer leaves the place empty
  }
}

/** Opening marks, and where they stand, of what people send instead of a picture we read. */
const marks: readonly (readonly [number, string, string])[] = [
  [0, '%PDF-', 'a PDF document'],
  [0, '\xff\x0a', 'a JPEG XL picture'],
  [4, 'JXL ', 'a JPEG XL picture'],
  [0, '\xff\x4f\xff\x51', 'a JPEG 2000 picture'],
  [4, 'jP  ', 'a JPEG 2000 picture'],
  [0, '\0\0\x02\0', 'a cursor (CUR)'],
  [0, '8BPS', 'a Photoshop document'],
  [0, '\x1f\x8b', 'a gzip archive'],
  [0, 'PK\x03\x04', 'a ZIP archive'],
  [0, '%!PS', 'a PostScript document'],
]

/** Kinds of text, told after white space and a byte-order mark. */
const texts: readonly (readonly [RegExp, string])[] = [
  [/^$/, 'empty'],
  [/^(<!doctype html|<html|<head|<body)/i, 'an HTML page'],
  [/^[[{]/, 'a JSON document'],
  [/^<(\?xml|!--|!DOCTYPE)/i, 'an XML document'],
  [/^[\t\n\r\x20-\x7e\x80-\xff]+$/, 'text'],
]

function nameOf(bytes: Uint8Array): string {
  const mark = marks.find(([at, mark]) => has(bytes, at, mark))
  if (mark) return mark[2]
  if (has(bytes, 4, 'ftyp')) return brandOf(bytes) === 'heic' ? 'a HEIC picture' : 'a video'
  const start = text(bytes, 0, 256).replace(/^\xef\xbb\xbf/, '')
  return texts.find(([kind]) => kind.test(start.trimStart()))?.[1] ?? 'of an unknown kind'
}
