// The objects of a PDF (ISO 32000-1 7.3, 7.5) as far as its pages need them: dictionaries as text, by number. Without the
// cross-reference table, which is often damaged: what stands in the file is what counts, and the last of a number.
import { inflateSync } from 'node:zlib'
import { broken } from './bytes.ts'

export interface PdfObjects {
  /** The dictionary or value of an object; undefined where there is none. */
  get(number: number): string | undefined
  /** In the order in which they stand in the file. */
  all(): Iterable<string>
}

const mostObjects = 200_000
/** Of the streams in which objects are packed, together and when they are unpacked. */
const mostUnpacked = 32 * 2 ** 20
/** Characters of all dictionaries: places that lead to the same text again and again count each time. */
const mostText = 64 * 2 ** 20

export function pdfObjects(bytes: Uint8Array): PdfObjects {
  const file = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1')
  const found = new Map<number, string>()
  let left = mostUnpacked
  let text = 0
  const keep = (number: number, value: string): void => {
    text += value.length
    if (text > mostText || found.size >= mostObjects) throw broken('the PDF has too many objects')
    found.set(number, value)
  }
  const opening = /(?:^|[\r\n\s])(\d{1,10})\s+\d{1,5}\s+obj\b/g
  for (let hit = opening.exec(file); hit; hit = opening.exec(file)) {
    const start = hit.index + hit[0].length
    const value = valueAt(file, start)
    keep(Number(hit[1]), value)
    if (!/\/Type\s*\/ObjStm\b/.test(value)) continue
    const unpacked = unpackedAt(bytes, file, { start: start + value.length, dictionary: value, most: left })
    left -= unpacked.length
    for (const [number, packed] of packedIn(unpacked, value)) keep(number, packed)
  }
  return { get: (number) => found.get(number), all: () => found.values() }
}

/** Dictionaries that pages need are short; of what is longer than this nothing is asked. */
const longest = 64 * 1024

/** Up to the object's end, the stream behind its dictionary, or the next object. */
function valueAt(file: string, start: number): string {
  const part = file.slice(start, start + longest)
  const end = /\b(?:endobj|stream\r?\n|\d+ \d+ obj)/.exec(part)
  return end ? part.slice(0, end.index) : part
}

interface Packed {
  readonly start: number
  readonly dictionary: string
  readonly most: number
}

/** Empty for what is packed in another way than all writers do (7.5.7), or damaged. */
function unpackedAt(bytes: Uint8Array, file: string, { start, dictionary, most }: Packed): string {
  const mark = /^stream\r?\n/.exec(file.slice(start, start + 8))
  if (!mark || !/\/FlateDecode\b/.test(dictionary) || /\/Predictor\s+(?!1\b)\d/.test(dictionary)) return ''
  const from = start + mark[0].length
  const end = file.indexOf('endstream', from)
  try {
    return inflateSync(bytes.subarray(from, end < 0 ? undefined : end), {
      maxOutputLength: Math.max(1, most),
      finishFlush: 2,
    }).toString('latin1')
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE')
      throw broken('its packed objects are too large')
    return ''
  }
}

/** First the numbers and places of the objects, then the objects. */
function* packedIn(unpacked: string, dictionary: string): Generator<readonly [number, string]> {
  const first = Number(/\/First\s+(\d+)/.exec(dictionary)?.[1] ?? 0)
  const numbers = (unpacked.slice(0, first).match(/\d+/g) ?? []).map(Number)
  for (let i = 0; i + 1 < numbers.length && i < mostObjects; i += 2) {
    const [number = 0, at = 0] = [numbers[i], numbers[i + 1]]
    const next = numbers[i + 3]
    yield [
      number,
      unpacked.slice(first + at, next === undefined ? undefined : first + next).slice(0, longest),
    ]
  }
}
