// An entry as the bytes of a file: magic, header length, header (JSON), checksum of all that, body.
import { crc32 } from 'node:zlib'
import type { Entry } from './entry.ts'

/** The last character is the version of the format: entries of another version are simply unreadable, so misses. */
const magic = Buffer.from('HTC1')
const fixedBytes = magic.length + 4
const checksumBytes = 4

interface Header extends Omit<Entry, 'body'> {
  readonly bodyBytes: number
  readonly bodyChecksum: number
}

/** In two parts, so that the body is not copied. */
export function encode({ body, ...rest }: Entry): readonly [head: Buffer, body: Buffer] {
  const header: Header = { ...rest, bodyBytes: body.length, bodyChecksum: crc32(body) }
  const json = Buffer.from(JSON.stringify(header))
  const head = Buffer.allocUnsafe(fixedBytes + json.length + checksumBytes)
  magic.copy(head)
  head.writeUInt32LE(json.length, magic.length)
  json.copy(head, fixedBytes)
  head.writeUInt32LE(crc32(head.subarray(0, fixedBytes + json.length)), fixedBytes + json.length)
  return [head, body]
}

/** Undefined for anything but exactly what `encode` made of an entry with this key. */
export function decode(bytes: Buffer, key: string): Entry | undefined {
  const headEnd = headEndOf(bytes)
  if (headEnd === undefined) return undefined
  const header = JSON.parse(bytes.toString('utf8', fixedBytes, headEnd - checksumBytes)) as Header
  const { bodyBytes, bodyChecksum, ...rest } = header
  const body = bytes.subarray(headEnd)
  if (rest.key !== key || body.length !== bodyBytes || crc32(body) !== bodyChecksum) return undefined
  // Entries without an epoch are from a time before there were purges.
  return { ...rest, epoch: rest.epoch ?? 0, body }
}

/** Where the body begins, when the header is whole. What a right checksum covers was written by `encode`. */
function headEndOf(bytes: Buffer): number | undefined {
  if (bytes.length < fixedBytes || !bytes.subarray(0, magic.length).equals(magic)) return undefined
  const jsonEnd = fixedBytes + bytes.readUInt32LE(magic.length)
  if (bytes.length < jsonEnd + checksumBytes) return undefined
  const isWhole = crc32(bytes.subarray(0, jsonEnd)) === bytes.readUInt32LE(jsonEnd)
  return isWhole ? jsonEnd + checksumBytes : undefined
}
