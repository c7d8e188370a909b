// PDF (ISO 32000-1): how many pages there are, and how large each is, found in the tree of pages (7.7.3).
import { Failure } from '../../errors.ts'
import { type Facts, plainFacts } from '../facts.ts'
import { broken } from './bytes.ts'
import { type PdfObjects, pdfObjects } from './pdf-objects.ts'

interface Page {
  readonly width: number
  readonly height: number
}

/** As browsers show it: CSS counts 96 pixels to an inch, a PDF 72 points. */
const pixelsPerPoint = 96 / 72
/** US Letter, which readers take where a page does not say. */
const usualBox = [0, 0, 612, 792] as const
const mostPages = 10_000
const deepest = 40
/** A page of 200 inches is the largest that readers are known to show (Annex C). */
const longestSide = 14_400

/** Fails with 'source-unsupported' for a document that is locked. */
export function identifyPdf(bytes: Uint8Array): Facts {
  const tail = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    .subarray(-64 * 1024)
    .toString('latin1')
  const objects = pdfObjects(bytes)
  const isLocked = /\/Encrypt\s+\d+\s+\d+\s+R/
  if (isLocked.test(tail) || [...objects.all()].some((each) => /\/XRef\b/.test(each) && isLocked.test(each)))
    throw new Failure('source-unsupported', 'The source is a PDF document that is encrypted.')
  const pages = pagesOf(objects)
  const [first] = pages
  if (!first) throw broken('the PDF has no pages')
  const isAlike = pages.every(({ width, height }) => width === first.width && height === first.height)
  return {
    ...plainFacts,
    format: 'pdf',
    ...first,
    pages: pages.length,
    ...(!isAlike && { pageSizes: pages }),
    bytes: bytes.length,
  }
}

/** In their order, as far as the tree can be followed; where there is none, as they stand in the file. */
function pagesOf(objects: PdfObjects): Page[] {
  const catalogs = [...objects.all()].filter((each) => /\/Type\s*\/Catalog\b/.test(each))
  const root = catalogs.map((each) => reference(each, 'Pages')).findLast((each) => each !== undefined)
  const inTree = root === undefined ? [] : [...below(objects, root, { above: '', depth: 0, seen: new Set() })]
  if (inTree.length > 0) return inTree
  const loose = [...objects.all()].filter((each) => /\/Type\s*\/Page\b(?!s)/.test(each))
  return loose.slice(0, mostPages).map((each) => sizeOf(objects, each))
}

interface Way {
  /** Dictionaries of the nodes above: what a page does not say, they say (7.7.3.4). */
  readonly above: string
  readonly depth: number
  readonly seen: Set<number>
}

function* below(objects: PdfObjects, number: number, { above, depth, seen }: Way): Generator<Page> {
  const node = seen.has(number) || seen.size >= mostPages ? undefined : objects.get(number)
  seen.add(number)
  if (node === undefined || depth > deepest) return
  const said = `${node} ${above}`.slice(0, 256 * 1024)
  const kids = /\/Kids\s*(?:(\d+)\s+\d+\s+R|\[([^[\]]*)\])/.exec(node)
  if (!kids) {
    yield sizeOf(objects, said)
    return
  }
  const list = kids[1] === undefined ? (kids[2] ?? '') : (objects.get(Number(kids[1])) ?? '')
  for (const [, kid] of list.matchAll(/(?<!\d)(\d+)\s+\d+\s+R/g))
    yield* below(objects, Number(kid), { above: said, depth: depth + 1, seen })
}

function reference(dictionary: string, key: string): number | undefined {
  const found = new RegExp(`/${key}\\s+(\\d+)\\s+\\d+\\s+R`).exec(dictionary)
  return found ? Number(found[1]) : undefined
}

/** The part that is shown (CropBox, else MediaBox), turned as the page says, in pixels. */
function sizeOf(objects: PdfObjects, said: string): Page {
  const media = boxOf(objects, said, 'MediaBox') ?? usualBox
  const crop = boxOf(objects, said, 'CropBox')
  const shown = (crop && common(crop, media)) ?? media
  const unit = Number(/\/UserUnit\s+([\d.]+)/.exec(said)?.[1] ?? 1) || 1
  const side = (from: number, to: number): number =>
    Math.max(1, Math.round(Math.min(longestSide, Math.abs(to - from) * unit) * pixelsPerPoint))
  const [width, height] = [side(shown[0], shown[2]), side(shown[1], shown[3])]
  const turn = Number(/\/Rotate\s+(-?\d+)/.exec(said)?.[1] ?? 0)
  return turn % 180 === 0 ? { width, height } : { width: height, height: width }
}

type Box = readonly [number, number, number, number]

function boxOf(objects: PdfObjects, said: string, key: string): Box | undefined {
  const found = new RegExp(`/${key}\\s*(?:\\[([^[\\]]*)\\]|(\\d+)\\s+\\d+\\s+R)`).exec(said)
  const text = found?.[1] ?? objects.get(Number(found?.[2] ?? -1)) ?? ''
  const numbers = (text.match(/[-+]?(?:\d+\.?\d*|\.\d+)/g) ?? []).slice(0, 4).map(Number)
  const [a = 0, b = 0, c = 0, d = 0] = numbers
  const box: Box = [Math.min(a, c), Math.min(b, d), Math.max(a, c), Math.max(b, d)]
  return numbers.length === 4 && box[2] > box[0] && box[3] > box[1] ? box : undefined
}

function common(one: Box, other: Box): Box | undefined {
  const box: Box = [
    Math.max(one[0], other[0]),
    Math.max(one[1], other[1]),
    Math.min(one[2], other[2]),
    Math.min(one[3], other[3]),
  ]
  return box[2] > box[0] && box[3] > box[1] ? box : undefined
}
