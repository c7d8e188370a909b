// An entry as the bytes of a file: the body, and behind it what is said of it: JSON, checksum, length, magic. Another entry
// with the same body may say something of its own behind that; each is found from the end of the file backwards.
import { crc32 } from 'node:zlib'
import type { Entry } from './entry.ts'

/** The last character is the version of the format: entries of another version are simply unreadable, so misses. */
const magic = Buffer.from('HTC2')
const fixedBytes = 4 + 4 + magic.length

/** Entries that one file may stand for. */
export const mostLabels = 4

interface Label extends Omit<Entry, 'body'> {
  readonly bodyBytes: number
  readonly bodyChecksum: number
}

/** In two parts, so that the body is not copied. */
export function encode(entry: Entry): readonly [body: Buffer, label: Buffer] {
  return [entry.body, encodeLabel(entry, crc32(entry.body))]
}

export function encodeLabel({ body, ...rest }: Entry, bodyChecksum: number): Buffer {
  const label: Label = { ...rest, bodyBytes: body.length, bodyChecksum }
  const json = Buffer.from(JSON.stringify(label))
  const end = Buffer.allocUnsafe(fixedBytes)
  end.writeUInt32LE(crc32(json), 0)
  end.writeUInt32LE(json.length, 4)
  magic.copy(end, 8)
  return Buffer.concat([json, end])
}

/** Undefined for anything but exactly what `encode` made of an entry with this key, and labels behind it. */
export function decode(bytes: Buffer, key: string): Entry | undefined {
  let end = bytes.length
  let found: Label | undefined
  for (let labels = 0; labels < mostLabels && end > 0; labels++) {
    const json = jsonBefore(bytes, end)
    if (json === undefined) return undefined
    const label = JSON.parse(json.toString('utf8')) as Label
    end -= json.length + fixedBytes
    // The newest is the last; an older one of the same key is out of date.
    if (label.key === key) found ??= label
    // The first label stands right behind the body.
    if (end === label.bodyBytes) break
  }
  if (found === undefined || found.bodyBytes !== end) return undefined
  const { bodyBytes, bodyChecksum, ...rest } = found
  const body = bytes.subarray(0, bodyBytes)
  return crc32(body) === bodyChecksum ? { ...rest, body } : undefined
}

/** The JSON of the label that ends here, when it is whole. What a right checksum covers was written by `encode`. */
function jsonBefore(bytes: Buffer, end: number): Buffer | undefined {
  const fixed = end - fixedBytes
  if (fixed < 0 || !bytes.subarray(end - magic.length, end).equals(magic)) return undefined
  const from = fixed - bytes.readUInt32LE(fixed + 4)
  if (from < 0) return undefined
  const json = bytes.subarray(from, fixed)
  return crc32(json) === bytes.readUInt32LE(fixed) ? json : undefined
}
