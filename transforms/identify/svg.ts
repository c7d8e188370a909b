// SVG: told by its first element, measured by width, height and viewBox, and priced before any renderer sees it.
import { gunzipSync } from 'node:zlib'
import { Failure } from '../../errors.ts'
import type { Facts } from '../facts.ts'
import { broken, has } from './bytes.ts'
import { type Embedded, passesOf } from './svg-cost.ts'
import { type Element, elementsOf, tagEnd, tooCostly } from './svg-scan.ts'

const mostBytes = 3_000_000
/** Documents in these read as bytes; others (UTF-7, say) could hide markup from us, and nobody draws in them. */
const encodings = /^(utf-8|us-ascii|ascii|iso-8859-\d+|windows-125\d|latin1)$/i
/** More addresses of style sheets than any drawing has. */
const mostStylesheets = 16

export const isGzip = (bytes: Uint8Array): boolean => bytes[0] === 0x1f && bytes[1] === 0x8b

export function isSvg(bytes: Uint8Array): boolean {
  return openingEnd(latin1(inUtf8(head(bytes)))) !== undefined
}

/**
 * Where the name of the root element ends, when the root is an svg. In front of it may stand a byte-order mark,
 * declarations, comments and a DOCTYPE with or without a subset. Step by step, because one expression for all of it
 * tries every way to divide a long run of blanks, which takes for ever.
 */
function openingEnd(document: string): number | undefined {
  let at = document.startsWith('\xef\xbb\xbf') ? 3 : 0
  for (;;) {
    at = matchEnd(/\s*/y, document, at) ?? at
    const end = document.startsWith('<!--', at)
      ? matchEnd(/-->/g, document, at + 4)
      : (matchEnd(/<\?[^>]*>|<!DOCTYPE[^[>]*>/iy, document, at) ?? subsetEnd(document, at))
    if (end === undefined) break
    at = end
  }
  return matchEnd(/<(?:[^\s<>/:="']{1,64}:)?svg(?=[\s/>])/iy, document, at)
}

function subsetEnd(document: string, at: number): number | undefined {
  const inside = matchEnd(/<!DOCTYPE[^[>]*\[/iy, document, at)
  return inside === undefined ? undefined : matchEnd(/\]\s*>/g, document, inside)
}

function matchEnd(expression: RegExp, document: string, at: number): number | undefined {
  expression.lastIndex = at
  return expression.test(document) ? expression.lastIndex : undefined
}

/** The bytes of a document without the gzip that it may have come in. Fails with 'too-costly' and 'source-broken'. */
export const unzipped = (bytes: Uint8Array): Uint8Array => (isGzip(bytes) ? inflate(bytes, mostBytes) : bytes)

/** The document, one character a byte, inflated if it came gzipped and in UTF-8 if it came in UTF-16. */
export const documentOf = (bytes: Uint8Array): string => latin1(inUtf8(unzipped(bytes)))

/** The order of UTF-16's bytes, told by a byte-order mark or by the first `<` (XML 1.0, appendix F). */
const orders: readonly (readonly [string, 'little' | 'big'])[] = [
  ['\xff\xfe', 'little'],
  ['\xfe\xff', 'big'],
  ['<\0', 'little'],
  ['\0<', 'big'],
]

/** What a declaration of UTF-16 said is true no longer, and without one XML is UTF-8. */
function inUtf8(bytes: Uint8Array): Uint8Array {
  const order = orders.find(([mark]) => has(bytes, 0, mark))?.[1]
  if (order === undefined) return bytes
  const even = Buffer.from(bytes.subarray(0, bytes.length & ~1))
  const document = (order === 'big' ? even.swap16() : even).toString('utf16le').replace(/^\ufeff/, '')
  const declared = /^<\?xml[^>]*/i.exec(document)?.[0] ?? ''
  const silent = declared.replace(/\sencoding\s*=\s*(?:"[^"]*"|'[^']*')/i, '')
  return Buffer.from(`${silent}${document.slice(declared.length)}`)
}

export function identifySvg(bytes: Uint8Array, embedded: Embedded): Facts {
  const document = documentOf(bytes)
  refuseHidden(document)
  const elements = elementsOf(document)
  const [root] = elements
  if (root?.name !== 'svg') throw broken('the SVG does not begin with its root element')
  const size = sizeOf(root) ?? extentOf(elements)
  const width = Math.max(1, Math.round(size.width))
  const height = Math.max(1, Math.round(size.height))
  const isWhole = width === size.width && height === size.height
  return {
    format: 'svg',
    width,
    height,
    ...(!isWhole && { exact: size }),
    orientation: 1,
    pages: 1,
    animated: false,
    alpha: true,
    progressive: false,
    icc: false,
    space: 'rgb',
    depth: 8,
    scans: passesOf(elements, embedded),
    bytes: bytes.length,
  }
}

/** The document with its root's size written in pixels, so that what we measured and what is drawn cannot differ. */
export function sized(document: string, { width, height }: Pick<Facts, 'width' | 'height'>): string {
  const start = openingEnd(document) ?? 0
  const end = tagEnd(document, start)
  const root = document.slice(start, end).replace(/\s(?:width|height)\s*=\s*(?:"[^"]*"|'[^']*')/g, ' ')
  const opening = document.lastIndexOf('<', start)
  const before = document.slice(0, opening) + (document.slice(opening, start).includes(':') ? mark : '')
  return `${before}${document.slice(opening, start)} width="${width}" height="${height}"${root}${document.slice(end)}`
}

/** libvips takes for an SVG what has these letters near its beginning, and a root with a prefix has not. */
const mark = '<!--<svg-->'

function refuseHidden(document: string): void {
  const declared = /^\s*(?:\xef\xbb\xbf)?<\?xml[^>]*encoding\s*=\s*["']([^"']*)/i.exec(document)?.[1]
  if (declared !== undefined && !encodings.test(declared))
    throw new Failure('source-unsupported', 'The SVG is in a character encoding that we do not read.')
  // A `<` inside a tag is not well-formed and nobody draws it; reading on from each would take the square of the time.
  const includes = /<(?:[^\s<>/:]+:)?include[^<>]*data:/i.test(document)
  const sheets = document.match(/<\?xml-stylesheet/gi)?.length ?? 0
  if (includes || sheets > mostStylesheets || (sheets > 0 && /<\?xml-stylesheet[^>]*data:/i.test(document)))
    throw new Failure('source-unsupported', 'The SVG hides a part of itself inside an address.')
}

/** Pixels in one of each unit, at 96 to the inch (CSS Values 6.2); font units at their usual size. */
const units: Readonly<Record<string, number>> = {
  '': 1,
  px: 1,
  in: 96,
  cm: 96 / 2.54,
  mm: 9.6 / 2.54,
  pt: 96 / 72,
  pc: 16,
  em: 16,
  ex: 8,
}

/** Undefined for percentages and what is not a length: they say nothing without a page around the picture. */
function lengthOf(value: string | undefined): number | undefined {
  const match = /^\+?((?:\d+(?:\.\d*)?|\.\d+)(?:e[+-]?\d+)?)\s*([a-z]*)$/i.exec(value?.trim() ?? '')
  const unit = units[match?.[2]?.toLowerCase() ?? '']
  const length = match && unit !== undefined ? Number(match[1]) * unit : Number.NaN
  return Number.isFinite(length) && length > 0 ? length : undefined
}

function sizeOf(root: Element): { width: number; height: number } | undefined {
  const width = lengthOf(root.attributes.get('width'))
  const height = lengthOf(root.attributes.get('height'))
  const [, , boxWidth = 0, boxHeight = 0] = (root.attributes.get('viewBox') ?? '')
    .trim()
    .split(/[\s,]+/)
    .map(Number)
  if (width && height) return { width, height }
  if (!(boxWidth > 0 && boxHeight > 0)) return width || height ? square(width ?? height ?? 1) : undefined
  if (width) return { width, height: (width * boxHeight) / boxWidth }
  if (height) return { width: (height * boxWidth) / boxHeight, height }
  return { width: boxWidth, height: boxHeight }
}

const square = (side: number) => ({ width: side, height: side })

/** Without any size: as far as plain shapes reach, else what browsers give a picture without one (CSS 2.1 10.3.2). */
function extentOf(elements: readonly Element[]): { width: number; height: number } {
  let width = 0
  let height = 0
  for (const { name, attributes } of elements) {
    if (name === 'path' || name === 'text' || attributes.has('transform')) return { width: 300, height: 150 }
    const value = (key: string) => lengthOf(attributes.get(key)) ?? 0
    width = Math.max(width, value('x') + value('width'), value('cx') + value('r') + value('rx'), value('x2'))
    height = Math.max(
      height,
      value('y') + value('height'),
      value('cy') + value('r') + value('ry'),
      value('y2'),
    )
  }
  return width && height ? { width, height } : { width: 300, height: 150 }
}

const latin1 = (bytes: Uint8Array): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1')

/** Enough to see the first element through a long licence comment. */
function head(bytes: Uint8Array): Uint8Array {
  if (!isGzip(bytes)) return bytes.subarray(0, 65_536)
  // The fewer bytes the less comes out of them: a drawing of one shape a thousand times packs a thousandfold.
  for (const length of [65_536, 2048])
    try {
      return inflate(bytes.subarray(0, length), mostBytes)
    } catch {}
  return new Uint8Array()
}

function inflate(bytes: Uint8Array, maxOutputLength: number): Uint8Array {
  try {
    // 2 is Z_SYNC_FLUSH: a document cut short yields what there is.
    return gunzipSync(bytes, { maxOutputLength, finishFlush: 2 })
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE') throw tooCostly('it is too long')
    throw broken('its compressed data cannot be read')
  }
}
