// Reads a ZIP whose files are stored as they are (APPNOTE.TXT 4.3): their names and bytes, each checked.
import { crc32 } from 'node:zlib'

export interface Packed {
  readonly name: string
  readonly body: Buffer
}

export function unpacked(zip: Buffer): Packed[] {
  const end = zip.lastIndexOf(Buffer.from('PK\x05\x06', 'latin1'))
  const found: Packed[] = []
  let at = zip.readUInt32LE(end + 16)
  for (let count = zip.readUInt16LE(end + 10); count > 0; count--) {
    const [nameLength, extraLength, commentLength] = [28, 30, 32].map((field) => zip.readUInt16LE(at + field))
    const name = zip.toString('utf8', at + 46, at + 46 + (nameLength ?? 0))
    const start = zip.readUInt32LE(at + 42)
    const from = start + 30 + zip.readUInt16LE(start + 26) + zip.readUInt16LE(start + 28)
    const body = zip.subarray(from, from + zip.readUInt32LE(at + 24))
    if (zip.readUInt16LE(at + 10) !== 0) throw new Error(`${name} is compressed`)
    if (crc32(body) !== zip.readUInt32LE(at + 16)) throw new Error(`${name} is damaged`)
    found.push({ name, body })
    at += 46 + (nameLength ?? 0) + (extraLength ?? 0) + (commentLength ?? 0)
  }
  return found
}
